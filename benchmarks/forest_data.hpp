#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cartwheel::bench {

/// Rows to fit a forest on.
struct ForestData {
  FeatureMatrix x;
  std::vector<std::uint8_t> y;
};

/// Normal columns; the label leans on a few of them, and on products of two.
ForestData dense_data(std::size_t rows, std::size_t columns);

/// 20 categories of 25 levels, some common and most rare, as 500 columns of 0 and 1.
ForestData one_hot_data(std::size_t rows);

/// V1 columns and labels of a log; nothing if the file is not there.
std::optional<ForestData> sessions_of(const std::string& csv);

/// The same of a generated log (seed 1), of which a temporary file is made and removed.
ForestData sessions_of_generated(std::uint64_t events);

}  // namespace cartwheel::bench
