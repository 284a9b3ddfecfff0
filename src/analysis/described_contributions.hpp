#pragma once

#include <cartwheel/explanation.hpp>
#include <vector>

#include "analysis/contributions.hpp"

namespace cartwheel::analysis {

/// The columns of the model that have a share in one session's probability, in words, the largest share first.
/// @param features, input  the session's row as the extractor gives it, and as the model is given it.
/// @param shares  contributions_of(pipeline, input).
std::vector<FeatureContribution> described_contributions(const Pipeline& pipeline, const FeatureMatrix& features,
                                                         const FeatureMatrix& input, const Contributions& shares);

}  // namespace cartwheel::analysis
