#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "bayes/bit_columns.hpp"
#include "bayes/bit_counts.hpp"
#include "core/launch.cuh"
#include "core/pairwise_sum.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.cuh"

/// The host packs the columns into bits, as they lie in its memory and are 16 to 32 times as large as their bits; the
/// device counts. Every column has four numbers: of bits that are set, and of values that are missing, in either class.
namespace cartwheel::bayes {

namespace {

using core::DeviceBuffer;
using core::tile_lanes;
using core::tile_rows;
using Word = std::uint64_t;
constexpr std::size_t tile_words = tile_rows / word_bits;
constexpr unsigned threads = 256, warp = 32, numbers = 4;
/// Of packed columns that are sent at once: large enough for the bus, small enough for any memory.
constexpr std::size_t batch_bytes = std::size_t{1} << 26;
static_assert(numbers * tile_lanes == warp);

/// Of bit column `blockIdx.y` (set and missing bits are columns of their own): adds how many bits are set in rows of
/// class 0 and of class 1 to counts[2 * column] and the place after it. Words of the grid's blocks interleave.
__global__ void __launch_bounds__(threads)
    count_words(const Word* bits, const Word* labels, std::size_t words, unsigned long long* counts) {
  const Word* const column = bits + blockIdx.y * words;
  unsigned long long all = 0, positive = 0;
  for (std::size_t w = core::thread_number(); w < words; w += core::thread_count_of_grid()) {
    all += static_cast<unsigned>(__popcll(column[w]));
    positive += static_cast<unsigned>(__popcll(column[w] & labels[w]));
  }
  for (unsigned distance = warp / 2; distance > 0; distance /= 2) {
    all += __shfl_down_sync(0xffffffff, all, distance);
    positive += __shfl_down_sync(0xffffffff, positive, distance);
  }
  if (threadIdx.x % warp != 0 || all == 0) return;
  atomicAdd(&counts[2 * blockIdx.y], all - positive);
  atomicAdd(&counts[2 * blockIdx.y + 1], positive);
}

/// One warp a tile and column: four numbers in eight lanes, each added row by row. Grid: (tiles, columns / warps).
/// @param table  [columns x numbers x tiles]
__global__ void __launch_bounds__(threads) sum_weights(const Word* bits, const Word* labels, const double* weight,
                                                       std::size_t rows, std::size_t columns, double* table) {
  const std::size_t tiles = gridDim.x, tile = blockIdx.x, words = (rows + word_bits - 1) / word_bits;
  const std::size_t column = blockIdx.y * std::size_t{threads / warp} + threadIdx.x / warp;
  if (column >= columns) return;
  const unsigned place = threadIdx.x % warp, lane = place % tile_lanes, number = place / tile_lanes;
  const Word* const own = bits + (2 * column + number / 2) * words;
  const Word label_flip = number % 2 == 1 ? 0 : ~Word{0};
  double sum = 0.0;
  const std::size_t end = min(words, (tile + 1) * tile_words);
  for (std::size_t w = tile * tile_words; w < end; ++w) {
    const Word of_class = own[w] & (labels[w] ^ label_flip);
    for (unsigned b = lane; b < word_bits; b += tile_lanes)
      if ((of_class >> b & 1) != 0) sum += weight[w * word_bits + b];
  }
  sum = core::add_lanes_of_warp(sum);
  if (lane == 0) table[(column * numbers + number) * tiles + tile] = sum;
}

/// Counts columns of bits, a batch at a time.
class Counter {
 public:
  Counter(std::span<const std::uint8_t> y, std::span<const double> weight)
      : rows_(y.size()), words_((rows_ + word_bits - 1) / word_bits), weighted_(!weight.empty()) {
    std::vector<Word> labels(words_);
    for (std::size_t i = 0; i < rows_; ++i) labels[i / word_bits] |= Word{y[i]} << (i % word_bits);
    labels_ = DeviceBuffer<Word>(std::span<const Word>(labels), "labels");
    if (weighted_) weight_ = DeviceBuffer<double>(weight, "sample weights");
  }

  std::size_t words() const { return words_; }

  /// @param bits  [columns x 2 x words]: the set and the missing bits of each column. @return [columns x numbers]
  std::vector<double> count(std::span<const Word> bits) const {
    const std::size_t columns = bits.size() / (2 * words_);
    const DeviceBuffer<Word> on_device(bits, "columns of bits");
    return weighted_ ? sums(on_device, columns) : counts(on_device, columns);
  }

 private:
  std::vector<double> counts(const DeviceBuffer<Word>& bits, std::size_t columns) const {
    constexpr std::size_t words_a_thread = 16;
    DeviceBuffer<unsigned long long> counts(columns * numbers, "counts");
    counts.fill_with_zeros();
    const dim3 grid(core::blocks_for(words_, threads * words_a_thread), static_cast<unsigned>(2 * columns));
    core::launch("counting bits", count_words, grid, threads, 0, bits.data(), labels_.data(), words_, counts.data());
    const std::vector<unsigned long long> whole = counts.to_host();
    return {whole.begin(), whole.end()};
  }

  std::vector<double> sums(const DeviceBuffer<Word>& bits, std::size_t columns) const {
    const std::size_t tiles = core::tiles_of(rows_);
    DeviceBuffer<double> table(columns * numbers * tiles, "weights of tiles"), sums(columns * numbers, "weights");
    const dim3 grid(core::blocks_for(tiles, 1), core::blocks_for(columns, threads / warp));
    core::launch("adding up weights", sum_weights, grid, threads, 0, bits.data(), labels_.data(), weight_.data(), rows_,
                 columns, table.data());
    core::add_pairwise_on_device(table.data(), columns * numbers, tiles, sums.data());
    return sums.to_host();
  }

  std::size_t rows_, words_;
  bool weighted_;
  DeviceBuffer<Word> labels_;
  DeviceBuffer<double> weight_;
};

/// The set and missing bits of columns [first, first + out.size() / 2 / words) of `x`; behind its last column comes one
/// whose bits are all set, which counts the rows.
void pack_columns(const FeatureMatrix& x, const BitRule& rule, std::size_t first, std::size_t words,
                  std::span<Word> out) {
  constexpr std::size_t stretch_words = std::size_t{1} << 11;
  const std::size_t stretches = (words + stretch_words - 1) / stretch_words;
  core::parallel_for(out.size() / (2 * words) * stretches, [&](std::size_t task) {
    const std::size_t place = task / stretches, begin = task % stretches * stretch_words,
                      count = std::min(words - begin, stretch_words), row = begin * word_bits,
                      end = std::min(x.rows(), (begin + count) * word_bits);
    const std::span<Word> ones = out.subspan(2 * place * words + begin, count),
                          missing = out.subspan((2 * place + 1) * words + begin, count);
    if (first + place < x.columns()) return read_bits(x, first + place, rule, row, end, ones, missing);
    std::ranges::fill(ones, ~Word{0});
    std::ranges::fill(missing, 0);
    if ((end - row) % word_bits != 0) ones.back() >>= word_bits - (end - row) % word_bits;
  });
}

}  // namespace

BitCounts count_bits_on_cuda(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                             std::span<const double> sample_weight, std::optional<double> binarize) {
  const BitRule rule(binarize);
  if (y.empty()) {
    const std::vector<double> none(x.columns());
    return {{}, {none, none}, {none, none}};
  }
  const Counter counter(y, sample_weight);
  const std::size_t words = counter.words(), columns = x.columns() + 1;
  const std::size_t batch = std::clamp<std::size_t>(batch_bytes / (2 * words * sizeof(Word)), 1, 16'000);
  std::vector<double> sums;  // [columns x numbers]
  std::vector<Word> bits;
  for (std::size_t first = 0; first < columns; first += batch) {
    bits.resize(std::min(batch, columns - first) * 2 * words);
    pack_columns(x, rule, first, words, bits);
    std::ranges::copy(counter.count(bits), std::back_inserter(sums));
  }
  BitCounts counts;
  for (const std::size_t c : {0u, 1u}) {
    for (std::size_t j = 0; j < x.columns(); ++j) {
      counts.ones[c].push_back(sums[numbers * j + c]);
      counts.missing[c].push_back(sums[numbers * j + 2 + c]);
    }
    counts.rows[c] = sums[numbers * x.columns() + c];
  }
  return counts;
}

}  // namespace cartwheel::bayes
