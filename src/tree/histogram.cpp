#include "tree/histogram.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

namespace cartwheel::tree {

template <bool count_distinct>
void Histogram::take(std::uint32_t bin) {
  const Counts counts = unpack(cells_[bin]);
  present_.push_back({bin, counts.rows, counts});
  cells_[bin] = 0;
  if constexpr (count_distinct) {
    present_.back().distinct_rows = distinct_[bin];
    distinct_[bin] = 0;
  }
}

/// A deep node has a handful of rows: visit the bins they touched, not all.
void Histogram::take_touched(std::span<const TreeRow> rows, std::span<const std::uint8_t> bins, bool count_distinct) {
  std::array<std::uint64_t, narrow_cells / 64> touched{};
  for (const TreeRow& row : rows) touched[bins[row.row] / 64] |= std::uint64_t{1} << (bins[row.row] % 64);
  for (std::uint32_t word = 0; word < touched.size(); ++word)
    for (std::uint64_t bits = touched[word]; bits != 0; bits &= bits - 1) {
      const std::uint32_t bin = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
      if (count_distinct)
        take<true>(bin);
      else
        take<false>(bin);
    }
}

/// With fewer rows than a wide column has cells, sorting the rows' bins beats clearing and scanning the cells.
std::span<PresentBin> Histogram::sort(std::span<const TreeRow> rows, std::span<const std::uint16_t> bins) {
  for (const TreeRow& row : rows) present_.push_back({bins[row.row], 1, unpack(row.cell())});
  std::ranges::sort(present_, {}, &PresentBin::bin);
  std::size_t last = 0;
  for (std::size_t i = 1; i < present_.size(); ++i) {
    if (present_[i].bin != present_[last].bin) {
      present_[++last] = present_[i];
    } else {
      present_[last].distinct_rows += 1;
      present_[last].counts = present_[last].counts + present_[i].counts;
    }
  }
  present_.resize(last + 1);
  return present_;
}

template <bool count_distinct, class Bin>
std::span<PresentBin> Histogram::sum(std::span<const TreeRow> rows, std::span<const Bin> bins, std::uint32_t cells) {
  const std::size_t room = std::max(cells, narrow_cells);
  if (cells_.size() < room) cells_.resize(room);
  if constexpr (count_distinct)
    if (distinct_.size() < room) distinct_.resize(room);
  for (const TreeRow& row : rows) {
    const Bin bin = bins[row.row];
    cells_[bin] += row.cell();
    if constexpr (count_distinct) ++distinct_[bin];
  }
  if constexpr (std::is_same_v<Bin, std::uint8_t>)
    if (rows.size() < cells) {
      take_touched(rows, bins, count_distinct);
      return present_;
    }
  for (std::uint32_t bin = 0; bin < cells; ++bin)
    if (cells_[bin] != 0) take<count_distinct>(bin);
  return present_;
}

template <class Bin>
std::span<PresentBin> Histogram::build(std::span<const TreeRow> rows, std::span<const Bin> bins, std::uint32_t cells,
                                       bool count_distinct) {
  present_.clear();
  if (rows.empty()) return {};
  if constexpr (std::is_same_v<Bin, std::uint16_t>)
    if (rows.size() < cells) return sort(rows, bins);
  return count_distinct ? sum<true>(rows, bins, cells) : sum<false>(rows, bins, cells);
}

template std::span<PresentBin> Histogram::build(std::span<const TreeRow>, std::span<const std::uint8_t>, std::uint32_t,
                                                bool);
template std::span<PresentBin> Histogram::build(std::span<const TreeRow>, std::span<const std::uint16_t>, std::uint32_t,
                                                bool);

}  // namespace cartwheel::tree
