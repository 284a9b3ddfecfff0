#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "tree/gain.hpp"
#include "tree/row_bins.hpp"
#include "tree/split.hpp"
#include "tree/tree_row.hpp"

namespace cartwheel::tree {

/// The rows of a node so small that comparing each of them with each other, all at once, beats a histogram: most nodes
/// of a deep tree. Not thread-safe: one object a thread, used for many nodes.
class FewRows {
 public:
  static constexpr std::size_t most_rows = 32;
  static constexpr std::uint32_t most_weight = 255;  ///< Of the rows together: a byte holds their sum.

  /// @param rows  [1, most_rows], of at most most_weight together. @param bins  of theirs. Both must outlive its use.
  void take(std::span<const TreeRow> rows, const BinTable& bins);

  /// Whether all rows have one value in a column, as far as that can be told without a search: of rows that lie as
  /// records, unless these are long.
  bool is_constant(std::size_t column) const { return differ_[places_ == nullptr ? 0 : places_[column]] == 0; }

  enum class Outcome {
    constant,     ///< All rows have one value, so there is no split.
    varies,       ///< All cuts were compared with `best`.
    has_missing,  ///< Nothing was done: some rows miss the value.
  };
  /// The same as tree::find_split for the node's bins of a feature. @param column  does not share its store, and is no
  /// category column. @param missing  its missing bin, or no_bin.
  Outcome find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& column,
                     std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best) const;

  using Lanes = std::array<std::int32_t, most_rows>;

 private:
  void keep_best(const GainOrder<Counts>& order, std::int32_t feature, const Lanes& bins, std::int32_t min_samples_leaf,
                 Split& best) const;

  std::span<const TreeRow> rows_;
  alignas(64) Lanes counts_;  ///< Of each row: its weight, positives << 8, 1 << 16; so one addition counts them all.
  static constexpr std::size_t longest_record = 128;
  const std::uint32_t* places_ = nullptr;  ///< BinTable::places; null: not known, or records are too long.
  std::array<std::uint8_t, longest_record + 1> differ_;  ///< Of each byte of a record: 0 where all rows have the same.
};

}  // namespace cartwheel::tree
