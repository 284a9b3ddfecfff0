#include "bayes/bit_counts.hpp"

#include <algorithm>
#include <bit>

#include "bayes/bit_columns.hpp"
#include "core/parallel.hpp"

namespace cartwheel::bayes {

namespace {

/// Rows of one column that one task counts: long enough to outweigh the task, short enough to keep all threads busy.
constexpr std::size_t stretch_rows = std::size_t{1} << 17;
constexpr std::size_t block_rows = 4096;
using BlockWords = std::array<std::uint64_t, block_rows / word_bits>;

struct StretchCounts {
  std::array<std::uint64_t, 2> ones{}, missing{};
};

std::uint64_t count(std::uint64_t word) { return static_cast<std::uint64_t>(std::popcount(word)); }

std::vector<std::uint64_t> pack_labels(std::span<const std::uint8_t> y) {
  std::vector<std::uint64_t> words((y.size() + word_bits - 1) / word_bits);
  for (std::size_t i = 0; i < y.size(); ++i) words[i / word_bits] |= std::uint64_t{y[i]} << (i % word_bits);
  return words;
}

StretchCounts count_stretch(const FeatureMatrix& x, std::size_t j, const BitRule& rule,
                            std::span<const std::uint64_t> labels, std::size_t begin, std::size_t end) {
  StretchCounts counts;
  BlockWords ones, missing;
  for (std::size_t first = begin; first < end; first += block_rows) {
    const std::size_t last = std::min(end, first + block_rows), words = (last - first + word_bits - 1) / word_bits;
    read_bits(x, j, rule, first, last, std::span(ones).first(words), std::span(missing).first(words));
    for (std::size_t w = 0; w < words; ++w) {
      if ((ones[w] | missing[w]) == 0) continue;
      const std::uint64_t positive = labels[first / word_bits + w];
      counts.ones[1] += count(ones[w] & positive);
      counts.ones[0] += count(ones[w] & ~positive);
      counts.missing[1] += count(missing[w] & positive);
      counts.missing[0] += count(missing[w] & ~positive);
    }
  }
  return counts;
}

}  // namespace

BitCounts count_bits(const FeatureMatrix& x, std::span<const std::uint8_t> y, std::optional<double> binarize) {
  const BitRule rule(binarize);
  const std::vector<std::uint64_t> labels = pack_labels(y);
  const std::size_t stretches = (x.rows() + stretch_rows - 1) / stretch_rows;
  std::vector<StretchCounts> parts(x.columns() * stretches);
  core::parallel_for(parts.size(), [&](std::size_t task) {
    const std::size_t begin = task % stretches * stretch_rows;
    parts[task] = count_stretch(x, task / stretches, rule, labels, begin, std::min(x.rows(), begin + stretch_rows));
  });

  BitCounts counts;
  for (const std::uint64_t word : labels) counts.rows[1] += count(word);
  counts.rows[0] = x.rows() - counts.rows[1];
  for (const std::size_t c : {0u, 1u}) {
    counts.ones[c].resize(x.columns());
    counts.missing[c].resize(x.columns());
    for (std::size_t task = 0; task < parts.size(); ++task) {
      counts.ones[c][task / stretches] += parts[task].ones[c];
      counts.missing[c][task / stretches] += parts[task].missing[c];
    }
  }
  return counts;
}

}  // namespace cartwheel::bayes
