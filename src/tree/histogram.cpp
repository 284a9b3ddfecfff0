#include "tree/histogram.hpp"

#include <bit>

namespace cartwheel::tree {

template <bool count_distinct>
void Histogram::take(std::uint32_t bin, PresentBin& present) {
  const Counts counts = unpack(cells_[bin]);
  present = {bin, counts.rows, counts};
  cells_[bin] = 0;
  if constexpr (count_distinct) {
    present.distinct_rows = distinct_[bin];
    distinct_[bin] = 0;
  }
}

template <bool count_distinct>
std::span<const PresentBin> Histogram::sum(std::span<const TreeRow> rows, std::span<const std::uint8_t> bins,
                                           std::uint32_t cells) {
  std::array<std::uint64_t, max_cells / 64> occupied{};
  const bool few_rows = rows.size() < cells;
  for (const TreeRow& row : rows) {
    const std::uint8_t bin = bins[row.row];
    cells_[bin] += row.cell();
    if constexpr (count_distinct) ++distinct_[bin];
  }
  std::size_t size = 0;
  if (few_rows) {  // a deep node has a handful of rows: visit the bins they touched, not all
    for (const TreeRow& row : rows) occupied[bins[row.row] / 64] |= std::uint64_t{1} << (bins[row.row] % 64);
    for (std::uint32_t word = 0; word < occupied.size(); ++word)
      for (std::uint64_t bits = occupied[word]; bits != 0; bits &= bits - 1)
        take<count_distinct>(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)), present_[size++]);
  } else {
    for (std::uint32_t bin = 0; bin < cells; ++bin)
      if (cells_[bin] != 0) take<count_distinct>(bin, present_[size++]);
  }
  return {present_.data(), size};
}

std::span<const PresentBin> Histogram::build(std::span<const TreeRow> rows, std::span<const std::uint8_t> bins,
                                             std::uint32_t cells, bool count_distinct) {
  return count_distinct ? sum<true>(rows, bins, cells) : sum<false>(rows, bins, cells);
}

}  // namespace cartwheel::tree
