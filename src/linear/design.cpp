#include "linear/design.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/parallel.hpp"
#include "linear/lanes.hpp"

namespace cartwheel::linear {

namespace {

constexpr std::size_t word_bits = 64;
constexpr std::size_t few = 8;  ///< One row in so many may differ from the usual value.

/// A column as it will be kept, with what is stored for it.
struct Kept {
  enum class Kind : std::uint8_t { none, dense, two_valued, mostly_one } kind = Kind::none;
  std::span<const float> values;
  std::span<const std::uint64_t> words;
  std::span<const std::uint32_t> rows;
  double low = 0.0, high = 0.0;  ///< Of two values; of mostly one, `low` is the usual one.
  double centre = 0.0, scale = 0.0;
  std::vector<float> own_values;
  std::vector<std::uint64_t> own_words;
  std::vector<std::uint32_t> own_rows;
};

/// One bit a row of a block of at most 64: whether its value is not `usual`.
CARTWHEEL_DISPATCHED std::uint64_t others_of_block(const float* x, std::size_t count, float usual) {
  using Bits [[gnu::vector_size(sizeof(FloatLanes))]] = std::uint32_t;
  constexpr std::size_t lanes = core::tile_lanes, half = word_bits / 2;
  constexpr Bits place{1, 2, 4, 8, 16, 32, 64, 128};
  std::uint64_t word = 0;
  if (count == word_bits) {
    for (std::size_t first = 0; first < word_bits; first += half) {
      Bits others{};  // bits 0, 8, 16 and 24 of the first lane are rows 0, 8, 16 and 24
      for (std::size_t i = 0; i < half; i += lanes) {
        FloatLanes values;
        std::memcpy(&values, x + first + i, sizeof values);
        others |= (values != usual) & (place << static_cast<std::uint32_t>(i));
      }
      std::uint32_t bits = 0;
      for (std::size_t lane = 0; lane < lanes; ++lane) bits |= others[lane];
      word |= std::uint64_t{bits} << first;
    }
    return word;
  }
  for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{x[i] != usual} << i;
  return word;
}

std::uint64_t others_of_block(std::span<const float> x, std::size_t block, float usual) {
  const std::size_t begin = block * word_bits;
  return others_of_block(x.data() + begin, std::min(word_bits, x.size() - begin), usual);
}

std::size_t words_of(std::span<const float> x) { return (x.size() + word_bits - 1) / word_bits; }

/// The rows whose bits are set.
std::vector<std::uint32_t> rows_of(std::span<const std::uint64_t> words, std::size_t count) {
  std::vector<std::uint32_t> rows;
  rows.reserve(count);
  for (std::size_t word = 0; word < words.size(); ++word)
    for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1)
      rows.push_back(static_cast<std::uint32_t>(word * word_bits + static_cast<std::size_t>(std::countr_zero(bits))));
  return rows;
}

class Sorter {
 public:
  Sorter(const WeightedRows& rows, bool intercept) : rows_(rows), intercept_(intercept) {}

  Kept operator()(const DenseView& view) const {
    const std::span<const float> x = view.values;
    if (Kept kept; two_values(x, kept)) return kept;
    if (Kept kept; mostly(x, 0.0f, kept)) return kept;
    if (Kept kept; mostly(x, median_of_some(x), kept)) return kept;
    Kept kept;
    kept.kind = Kept::Kind::dense;
    kept.values = x;
    if (intercept_) kept.centre = rows_.sum_of_present(x) / rows_.total();
    kept.scale = std::sqrt(rows_.sum_of_squares(x, kept.centre) / rows_.total());
    return kept;
  }

  Kept operator()(const BitView& view) const {
    std::size_t set = 0;
    for (const std::uint64_t word : view.words) set += static_cast<std::size_t>(std::popcount(word));
    const std::size_t all = rows_.size();
    if (set == 0 || set == all) return constant(set == 0 ? 0.0 : 1.0);
    if (std::min(set, all - set) > all / few) return of_two(view.words, 0.0, 1.0);
    Kept kept;
    const bool rare = set <= all - set;
    for (std::uint32_t row = 0; row < all; ++row)
      if ((view.words[row / word_bits] >> (row % word_bits) & 1) == rare) kept.own_rows.push_back(row);
    kept.own_values.assign(kept.own_rows.size(), rare ? 1.0f : 0.0f);
    of_mostly(kept, rare ? 0.0 : 1.0);
    return kept;
  }

  Kept operator()(const SparseView& view) const {
    if (view.rows.empty()) return constant(0.0);
    if (view.rows.size() <= rows_.size() / few) {
      Kept kept;
      kept.rows = view.rows;
      kept.values = view.values;
      of_mostly(kept, 0.0);
      return kept;
    }
    std::vector<float> dense(rows_.size());
    for (std::size_t i = 0; i < view.rows.size(); ++i) dense[view.rows[i]] = view.values[i];
    Kept kept = (*this)(DenseView{dense});
    if (kept.kind == Kept::Kind::dense) kept.own_values = std::move(dense);
    return kept;
  }

 private:
  /// A constant column has no spread, but without an intercept it is like one.
  Kept constant(double value) const {
    Kept kept;
    if (intercept_ || value == 0.0) return kept;
    kept.kind = Kept::Kind::mostly_one;
    kept.low = value;
    kept.scale = std::abs(value);
    return kept;
  }

  Kept of_two(std::span<const std::uint64_t> words, double low, double high) const {
    Kept kept;
    kept.kind = Kept::Kind::two_valued;
    kept.words = words;
    kept.low = low;
    kept.high = high;
    const double share = rows_.sum_of_set(words) / rows_.total();
    if (intercept_) {
      kept.centre = low + (high - low) * share;
      kept.scale = std::abs(high - low) * std::sqrt(share * (1.0 - share));
    } else {
      kept.scale = std::sqrt(low * low * (1.0 - share) + high * high * share);
    }
    return kept;
  }

  /// Completes a column whose differing rows are in kept.rows or kept.own_rows.
  void of_mostly(Kept& kept, double usual) const {
    kept.kind = Kept::Kind::mostly_one;
    kept.low = usual;
    const std::span<const std::uint32_t> rows =
        kept.own_rows.empty() ? kept.rows : std::span<const std::uint32_t>(kept.own_rows);
    const std::span<const float> values = kept.own_rows.empty() ? kept.values : std::span<const float>(kept.own_values);
    const double weight = rows_.sum_at(rows, [](std::size_t) { return 1.0; }), total = rows_.total();
    if (intercept_)
      kept.centre =
          usual + rows_.sum_at(rows, [&](std::size_t i) { return static_cast<double>(values[i]) - usual; }) / total;
    const double square = rows_.sum_at(rows, [&](std::size_t i) {
      const double z = static_cast<double>(values[i]) - kept.centre;
      return z * z;
    });
    const double rest = usual - kept.centre;
    kept.scale = std::sqrt((square + std::max(0.0, total - weight) * rest * rest) / total);
  }

  /// A column of one or two values.
  bool two_values(std::span<const float> x, Kept& kept) const {
    const float a = x[0];
    std::vector<std::uint64_t> words(words_of(x));
    float b = a;
    std::size_t others = 0;
    for (std::size_t block = 0; block < words.size(); ++block) {
      const std::uint64_t not_a = words[block] = others_of_block(x, block, a);
      if (not_a == 0) continue;
      if (others == 0) b = x[block * word_bits + static_cast<std::size_t>(std::countr_zero(not_a))];
      if ((not_a & others_of_block(x, block, b)) != 0) return false;
      others += static_cast<std::size_t>(std::popcount(not_a));
    }
    if (others == 0) {
      kept = constant(static_cast<double>(a));
      return true;
    }
    const bool a_usual = others <= x.size() - others;
    const auto turn = [&] {  // to the bits of the rows that have a
      for (std::size_t block = 0; block < words.size(); ++block) words[block] = others_of_block(x, block, b);
    };
    if (std::min(others, x.size() - others) <= x.size() / few) {
      if (!a_usual) turn();
      keep_others(x, words, std::min(others, x.size() - others), a_usual ? a : b, kept);
      return true;
    }
    if (a > b) turn();
    kept = of_two(words, static_cast<double>(std::min(a, b)), static_cast<double>(std::max(a, b)));
    kept.own_words = std::move(words);
    return true;
  }

  bool mostly(std::span<const float> x, float usual, Kept& kept) const {
    std::vector<std::uint64_t> words(words_of(x));
    std::size_t others = 0;
    for (std::size_t block = 0; block < words.size() && others <= x.size() / few; ++block) {
      words[block] = others_of_block(x, block, usual);
      others += static_cast<std::size_t>(std::popcount(words[block]));
    }
    if (others > x.size() / few) return false;
    keep_others(x, words, others, usual, kept);
    return true;
  }

  /// @param words  the bits of the rows that have another value than `usual`: `count` of them.
  void keep_others(std::span<const float> x, std::span<const std::uint64_t> words, std::size_t count, float usual,
                   Kept& kept) const {
    kept.own_rows = rows_of(words, count);
    for (const std::uint32_t i : kept.own_rows) kept.own_values.push_back(x[i]);
    of_mostly(kept, static_cast<double>(usual));
  }

  /// The usual value, if there is one, unless it hides from all of these rows; then the column is kept dense.
  static float median_of_some(std::span<const float> x) {
    std::array<float, 15> some;
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = x[i * (x.size() - 1) / (some.size() - 1)];
    std::ranges::nth_element(some, some.begin() + some.size() / 2);
    return some[some.size() / 2];
  }

  const WeightedRows& rows_;
  bool intercept_;
};

}  // namespace

std::vector<std::uint32_t> tile_offsets(std::span<const std::uint32_t> row_numbers, std::size_t rows) {
  std::vector<std::uint32_t> offsets;
  for (std::size_t first = 0; first < rows; first += core::tile_rows)
    offsets.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(row_numbers, first) - row_numbers.begin()));
  offsets.push_back(static_cast<std::uint32_t>(row_numbers.size()));
  return offsets;
}

Design Design::of(const FilledColumns& filled, const WeightedRows& rows, bool intercept) {
  std::vector<Kept> kept(filled.columns.size());
  const Sorter sorter(rows, intercept);
  core::parallel_for(kept.size(), [&](std::size_t j) { kept[j] = std::visit(sorter, filled.columns[j]); });

  Design design;
  design.rows = rows.size();
  design.intercept = intercept;
  for (const Kept::Kind kind : {Kept::Kind::dense, Kept::Kind::two_valued, Kept::Kind::mostly_one})
    for (std::uint32_t j = 0; j < kept.size(); ++j) {
      Kept& column = kept[j];
      if (column.kind != kind || !(column.scale > 0.0)) continue;
      design.source.push_back(j);
      design.centre.push_back(column.centre);
      design.scale.push_back(column.scale);
      if (!column.own_values.empty()) column.values = design.floats.emplace_back(std::move(column.own_values));
      if (!column.own_rows.empty()) column.rows = design.row_numbers.emplace_back(std::move(column.own_rows));
      if (!column.own_words.empty()) column.words = design.words.emplace_back(std::move(column.own_words));
      if (kind == Kept::Kind::dense) design.dense.push_back(column.values);
      if (kind == Kept::Kind::two_valued) design.two_valued.push_back({column.words, column.low, column.high});
      if (kind == Kept::Kind::mostly_one)
        design.mostly_one.push_back({column.rows, column.values, column.low, tile_offsets(column.rows, rows.size())});
    }
  return design;
}

}  // namespace cartwheel::linear
