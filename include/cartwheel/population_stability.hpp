#pragma once

#include <span>

namespace [[gnu::visibility("default")]] cartwheel {

/// Population stability index: how far the distribution of `other` lies from that of `reference`, as the sum over bins
/// of (share - reference share) * log(share / reference share). Bins are cut at the quantiles of the reference, equal
/// values in one bin, so that each holds at least a `bins`th of it where values differ; missing values (NaN) have a bin
/// of their own. An empty bin counts as half a value. By custom, below 0.1 nothing has changed, above 0.25 much has
/// (N. Siddiqi, "Credit Risk Scorecards", 2006).
/// @param bins  [2, 1000]. @return 0 if either is empty. @throws ParameterError.
double population_stability_index(std::span<const double> reference, std::span<const double> other, int bins = 10);

}  // namespace cartwheel
