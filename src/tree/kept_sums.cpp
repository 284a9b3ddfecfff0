#include "tree/kept_sums.hpp"

#include <algorithm>
#include <array>

#include "core/parallel.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t at_once = Histogram<TreeRow>::columns_at_once;

void sum_some(Histogram<TreeRow>& histogram, const StoredColumns& stored, std::span<const TreeRow> rows,
              const BinTable& bins, std::span<const std::uint32_t> stores, std::span<Cell> cells) {
  std::array<StridedBins, at_once> summed;
  for (std::size_t k = 0; k < stores.size(); ++k) summed[k] = bins.stores[stores[k]];
  histogram.sum(rows, std::span(summed).first(stores.size()), false);
  for (std::size_t k = 0; k < stores.size(); ++k)
    for (const auto& bin : histogram.take(k))
      cells[stored.first_cell(stores[k]) + bin.bin] = Cell{bin.counts.positives} << 32 | bin.counts.rows;
}

}  // namespace

std::vector<Cell> KeptSums::sum(std::span<const TreeRow> rows, const BinTable& bins,
                                std::span<const std::uint64_t> constant) {
  const StoredColumns& stored = training_.stored;
  std::vector<bool> varies(stored.size());
  for (std::uint32_t j = 0; j < stored.columns(); ++j)
    if (!stored.column(j).wide() && (constant[j / 64] >> (j % 64) & 1) == 0) varies[stored.column(j).store] = true;
  std::vector<std::uint32_t> stores;
  for (std::uint32_t store = 0; store < stored.size(); ++store)
    if (varies[store]) stores.push_back(store);

  std::vector<Cell> cells(stored.total_cells());
  const auto group = [&](std::size_t i) {
    return std::span(stores).subspan(i * at_once, std::min(at_once, stores.size() - i * at_once));
  };
  const std::size_t groups = (stores.size() + at_once - 1) / at_once;
  if (rows.size() < large_node || groups < 2) {
    for (std::size_t i = 0; i < groups; ++i) sum_some(histogram_, stored, rows, bins, group(i), cells);
    return cells;
  }
  core::parallel_for(groups, [&](std::size_t i) {
    Histogram<TreeRow> own;
    sum_some(own, stored, rows, bins, group(i), cells);
  });
  return cells;
}

auto KeptSums::hand_on(std::span<const TreeRow> rows, std::size_t left_rows, const BinTable& bins,
                       std::span<const std::uint64_t> constant, std::vector<Cell> parent) -> Children {
  const bool left_is_larger = 2 * left_rows > rows.size();
  const std::span<const TreeRow> smaller = left_is_larger ? rows.subspan(left_rows) : rows.first(left_rows);
  if (!wanted(rows.size() - smaller.size())) return {};
  std::vector<Cell> cells = sum(smaller, bins, constant);
  for (std::size_t i = 0; i < cells.size(); ++i) parent[i] -= cells[i];
  if (!wanted(smaller.size())) cells.clear();
  return left_is_larger ? Children{std::move(parent), std::move(cells)} : Children{std::move(cells), std::move(parent)};
}

}  // namespace cartwheel::tree
