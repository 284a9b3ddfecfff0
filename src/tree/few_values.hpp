#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cartwheel::tree {

/// A distinct value, and how many rows have it.
struct ValueCount {
  float value;
  std::uint32_t rows;
};

/// The distinct values of a column of few, in increasing order; -0 is 0, and NaN, which is missing, is none.
struct FewValues {
  static constexpr std::size_t most = 255;

  std::vector<ValueCount> values;  ///< At most `most`.
};

/// Finds them without sorting rows. @param places  [column.size()], overwritten with each row's place among the values;
/// a missing value's is the one after the last. @return nothing, and any places, if there are more, or an infinite one.
std::optional<FewValues> find_few_values(std::span<const float> column, std::span<std::uint16_t> places);

}  // namespace cartwheel::tree
