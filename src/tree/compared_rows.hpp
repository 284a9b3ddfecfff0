#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "tree/gain.hpp"
#include "tree/histogram.hpp"
#include "tree/split.hpp"
#include "tree/tree_row.hpp"

namespace cartwheel::tree {

/// The rows of a node so small that for a wide column comparing each of them with each other, all at once, beats
/// sorting them: most nodes of a deep tree. (For a narrow column it is no faster than a histogram.) Not thread-safe:
/// one object a thread, used for many nodes.
class ComparedRows {
 public:
  static constexpr std::size_t most_rows = 32;
  static constexpr std::uint32_t most_weight = 255;  ///< Of the rows together: sums are bytes.

  /// @param rows  at most most_rows, of at most most_weight together. Must outlive its use.
  void take(std::span<const TreeRow> rows);

  enum class Outcome {
    constant,     ///< All rows have one value, so there is no split.
    varies,       ///< All cuts were compared with `best`.
    has_missing,  ///< Nothing was done: some rows miss the value.
  };
  /// The same as tree::find_split for the node's bins of a feature. @param bins  of a column that does not share its
  /// store.
  Outcome find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& column,
                     std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best);

 private:
  template <std::size_t lanes>
  Outcome find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& column,
                     std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best);

  std::span<const TreeRow> rows_;
  std::uint32_t weight_ = 0;
  std::array<std::uint8_t, most_rows> weights_{}, positives_{};  ///< Of each row; 0 behind the last.
};

}  // namespace cartwheel::tree
