#include "bayes/bit_counts.hpp"

#include <algorithm>
#include <bit>

#include "bayes/bit_columns.hpp"
#include "core/current_device.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.hpp"

namespace cartwheel::bayes {

namespace {

using core::tile_rows;
constexpr std::size_t tile_words = tile_rows / word_bits;
/// Tiles of one column that one task counts: long enough to outweigh the task, short enough to keep all threads busy.
constexpr std::size_t stretch_tiles = 32;
using TileWords = std::array<std::uint64_t, tile_words>;
using ClassSums = std::array<double, 2>;

std::vector<std::uint64_t> pack_labels(std::span<const std::uint8_t> y) {
  std::vector<std::uint64_t> words((y.size() + word_bits - 1) / word_bits);
  for (std::size_t i = 0; i < y.size(); ++i) words[i / word_bits] |= std::uint64_t{y[i]} << (i % word_bits);
  return words;
}

/// The rows whose labels and weights are counted.
struct Rows {
  std::vector<std::uint64_t> labels;  ///< As bits.
  std::span<const double> weight;     ///< Empty: all 1.

  /// The weight of the rows of each class that have their bit, in the tile that starts at row `first`.
  ClassSums sum(std::span<const std::uint64_t> bits, std::size_t first) const {
    const auto tile_labels = std::span(labels).subspan(first / word_bits, bits.size());
    if (!weight.empty()) return weighted_sum(bits, tile_labels, weight.data() + first);
    const BitCount count = count_bits_under(bits, tile_labels);
    return {static_cast<double>(count.all - count.masked), static_cast<double>(count.masked)};
  }

 private:
  static ClassSums weighted_sum(std::span<const std::uint64_t> bits, std::span<const std::uint64_t> labels,
                                const double* weight) {
    std::array<std::array<double, core::tile_lanes>, 2> lanes{};
    for (std::size_t w = 0; w < bits.size(); ++w)
      for (std::uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
        const auto b = static_cast<std::size_t>(std::countr_zero(rest));
        lanes[labels[w] >> b & 1][b % core::tile_lanes] += weight[w * word_bits + b];
      }
    return {core::add_lanes(lanes[0]), core::add_lanes(lanes[1])};
  }
};

/// The sums of a stretch's tiles, added pairwise.
class TileSums {
 public:
  void add(const ClassSums& tile) {
    for (const std::size_t c : {0u, 1u}) tiles_[c][size_] = tile[c];
    ++size_;
  }
  ClassSums total() {
    return {core::add_pairwise(std::span(tiles_[0]).first(size_)),
            core::add_pairwise(std::span(tiles_[1]).first(size_))};
  }

 private:
  std::array<std::array<double, stretch_tiles>, 2> tiles_;
  std::size_t size_ = 0;
};

struct StretchCounts {
  ClassSums ones{}, missing{};
};

/// Calls body(first, last) for the rows of each tile of a stretch.
template <class Body>
void for_each_tile(std::size_t stretch, std::size_t rows, const Body& body) {
  const std::size_t begin = stretch * stretch_tiles * tile_rows,
                    end = std::min(rows, begin + stretch_tiles * tile_rows);
  for (std::size_t first = begin; first < end; first += tile_rows) body(first, std::min(end, first + tile_rows));
}

StretchCounts count_stretch(const FeatureMatrix& x, std::size_t j, const BitRule& rule, const Rows& rows,
                            std::size_t stretch) {
  TileSums ones, missing;
  TileWords one_words, missing_words;
  for_each_tile(stretch, x.rows(), [&](std::size_t first, std::size_t last) {
    const std::size_t words = (last - first + word_bits - 1) / word_bits;
    const auto one = std::span(one_words).first(words), gone = std::span(missing_words).first(words);
    read_bits(x, j, rule, first, last, one, gone);
    ones.add(rows.sum(one, first));
    const bool any_missing = std::ranges::any_of(gone, [](std::uint64_t word) { return word != 0; });
    missing.add(any_missing ? rows.sum(gone, first) : ClassSums{});
  });
  return {ones.total(), missing.total()};
}

/// As count_stretch, of a column whose bits are all set: no count is above it, for it is added in the same order.
ClassSums count_rows(std::size_t rows_count, const Rows& rows, std::size_t stretch) {
  TileSums all;
  TileWords every;
  for_each_tile(stretch, rows_count, [&](std::size_t first, std::size_t last) {
    const std::size_t count = last - first, words = (count + word_bits - 1) / word_bits;
    every.fill(~std::uint64_t{0});
    if (count % word_bits != 0) every[words - 1] >>= word_bits - count % word_bits;
    all.add(rows.sum(std::span(every).first(words), first));
  });
  return all.total();
}

}  // namespace

BitCounts count_bits(const FeatureMatrix& x, std::span<const std::uint8_t> y, std::span<const double> sample_weight,
                     std::optional<double> binarize) {
  if (core::current_device() == Device::cuda) return count_bits_on_cuda(x, y, sample_weight, binarize);
  const BitRule rule(binarize);
  const Rows rows{pack_labels(y), sample_weight};
  const std::size_t stretches = (x.rows() + stretch_tiles * tile_rows - 1) / (stretch_tiles * tile_rows);
  std::vector<StretchCounts> parts(x.columns() * stretches);
  core::parallel_for(parts.size(), [&](std::size_t task) {
    parts[task] = count_stretch(x, task / stretches, rule, rows, task % stretches);
  });
  std::vector<ClassSums> all(stretches);
  core::parallel_for(stretches, [&](std::size_t stretch) { all[stretch] = count_rows(x.rows(), rows, stretch); });

  BitCounts counts;
  std::vector<double> sums(stretches);
  const auto total = [&](const auto& part) {
    for (std::size_t s = 0; s < stretches; ++s) sums[s] = part(s);
    return core::add_pairwise(sums);
  };
  for (const std::size_t c : {0u, 1u}) {
    counts.rows[c] = total([&](std::size_t s) { return all[s][c]; });
    for (std::size_t j = 0; j < x.columns(); ++j) {
      const StretchCounts* column = parts.data() + j * stretches;
      counts.ones[c].push_back(total([&](std::size_t s) { return column[s].ones[c]; }));
      counts.missing[c].push_back(total([&](std::size_t s) { return column[s].missing[c]; }));
    }
  }
  return counts;
}

}  // namespace cartwheel::bayes
