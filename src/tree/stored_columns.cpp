#include "tree/stored_columns.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/parallel.hpp"

namespace cartwheel::tree {
namespace {

using Bits = std::vector<std::uint64_t>;  ///< One a row.

/// A column that most rows say nothing of.
struct Candidate {
  std::uint32_t common = 0;  ///< Its most common bin.
  Bits rows;                 ///< Those with another, at most half of all; empty if the column is no candidate.
};

/// The most common bin of some rows, spread evenly. (If it is not that of all rows, a store is not shared: no more.)
std::uint32_t common_bin(std::span<const std::uint8_t> bins) {
  constexpr std::size_t sampled = 256;
  std::array<std::uint32_t, narrow_cells> counts{};
  const std::size_t step = std::max<std::size_t>(bins.size() / sampled, 1);
  for (std::size_t row = 0; row < bins.size(); row += step) ++counts[bins[row]];
  return static_cast<std::uint32_t>(std::ranges::max_element(counts) - counts.begin());
}

/// Bit i says whether byte i is not 0.
std::uint64_t bits_of_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7f;
  const std::uint64_t ones = ((((bytes & low) + low) | bytes) & ~low) >> 7;  // 1 in each byte that is not 0
  return (ones * 0x0102040810204080) >> 56;
}

Candidate find_others(const BinnedColumns& x, std::uint32_t j) {
  const auto* const bins = std::get_if<std::vector<std::uint8_t>>(&x.bins[j]);
  if (bins == nullptr || x.by_level(j) || x.cells(j) < 2) return {};
  Candidate result{common_bin(*bins), {}};
  const std::uint64_t all_common = std::uint64_t{0x0101010101010101} * result.common;
  result.rows.resize((x.rows + 63) / 64);
  std::uint64_t others = 0;
  for (std::size_t row = 0; row < x.rows; row += 8) {
    std::uint64_t bytes = all_common;
    std::memcpy(&bytes, bins->data() + row, std::min<std::size_t>(8, x.rows - row));
    const std::uint64_t bits = bits_of_bytes(bytes ^ all_common);
    result.rows[row / 64] |= bits << (row % 64);
    others += static_cast<std::uint64_t>(std::popcount(bits));
  }
  if (others > x.rows / 2) return {};
  return result;
}

/// Columns that go into one store, so far.
struct Group {
  std::vector<std::uint32_t> columns;
  std::uint32_t cells = 1;  ///< The first means that all columns have their common bin.
  Bits rows;

  bool takes(const Candidate& candidate, std::uint32_t more_cells) const {
    if (rows.empty() || candidate.rows.empty() || cells + more_cells > narrow_cells) return false;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if ((rows[i] & candidate.rows[i]) != 0) return false;
    return true;
  }
};

/// Puts each narrow column into the first of the latest groups that takes it. A group of one is a column alone.
std::vector<Group> make_groups(const BinnedColumns& x, std::span<const Candidate> candidates) {
  constexpr std::size_t tried = 64;  // groups for a column, so that time stays linear in the cells
  std::vector<Group> groups;
  for (std::uint32_t j = 0; j < x.columns; ++j) {
    if (x.cells(j) > narrow_cells) continue;
    const Candidate& candidate = candidates[j];
    const std::uint32_t more_cells = x.cells(j) - 1;
    const std::size_t first = groups.size() - std::min(groups.size(), tried);
    auto group = std::find_if(groups.begin() + static_cast<std::ptrdiff_t>(first), groups.end(),
                              [&](const Group& g) { return g.takes(candidate, more_cells); });
    if (group == groups.end()) {
      groups.push_back({{j}, 1 + more_cells, candidate.rows});
      continue;
    }
    group->columns.push_back(j);
    group->cells += more_cells;
    for (std::size_t i = 0; i < candidate.rows.size(); ++i) group->rows[i] |= candidate.rows[i];
  }
  return groups;
}

}  // namespace

StoredColumns::StoredColumns(const BinnedColumns& x) : columns_(x.columns) {
  std::vector<Candidate> candidates(x.columns);
  core::parallel_for(x.columns, [&](std::size_t j) { candidates[j] = find_others(x, static_cast<std::uint32_t>(j)); });
  for (std::uint32_t j = 0; j < x.columns; ++j)
    columns_[j] = x.with_column(j, [&](auto bins) {
      return StridedBins{reinterpret_cast<const std::uint8_t*>(bins.data()), sizeof bins[0], x.cells(j)};
    });
  any_wide_ = std::ranges::any_of(columns_, &StridedBins::wide);
  for (const Group& group : make_groups(x, candidates)) {
    Members& members = members_.emplace_back();
    if (group.columns.size() == 1) {
      columns_[group.columns[0]].store = static_cast<std::uint32_t>(stores_.size());
      stores_.push_back(columns_[group.columns[0]]);
      continue;
    }
    std::vector<std::uint8_t> bytes(x.rows);
    std::uint32_t next = 1;
    members.column_of_byte.push_back(group.columns[0]);
    for (const std::uint32_t j : group.columns) {
      if (members.bits.empty() || members.bits.back().first != j / 64) members.bits.push_back({j / 64, 0});
      members.bits.back().second |= std::uint64_t{1} << (j % 64);
      members.column_of_byte.resize(members.column_of_byte.size() + x.cells(j) - 1, j);
      StridedBins& column = columns_[j];
      column.store = static_cast<std::uint32_t>(stores_.size());
      column.first = next;
      column.common = candidates[j].common;
      next += column.cells - 1;
      const Bits& others = candidates[j].rows;
      for (std::size_t word = 0; word < others.size(); ++word)
        for (std::uint64_t bits = others[word]; bits != 0; bits &= bits - 1) {
          const std::size_t row = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
          const std::uint32_t bin = column.bins[row];
          bytes[row] = static_cast<std::uint8_t>(column.first + bin - (bin > column.common ? 1 : 0));
        }
    }
    shared_.push_back(std::move(bytes));  // its bytes stay where they are
    for (const std::uint32_t j : group.columns) columns_[j].bins = shared_.back().data();
    stores_.push_back({shared_.back().data(), 1, next, static_cast<std::uint32_t>(stores_.size())});
  }
  first_cell_.push_back(0);
  for (const StridedBins& store : stores_) first_cell_.push_back(first_cell_.back() + store.cells);
}

}  // namespace cartwheel::tree
