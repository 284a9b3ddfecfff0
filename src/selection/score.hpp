#pragma once

#include <cartwheel/experiment.hpp>
#include <optional>
#include <span>
#include <vector>

namespace cartwheel::selection {

/// Higher is better: losses are negated. Nothing where labels of one class alone leave the metric undefined.
std::optional<double> score_by(SearchMetric metric, std::span<const std::uint8_t> y,
                               std::span<const double> probability);

/// Mean and standard error of scores by fold, at least one; of a single one the error is 0.
MoreScores summarise(std::vector<std::optional<double>> scores);

}  // namespace cartwheel::selection
