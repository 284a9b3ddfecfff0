#pragma once

#include <cartwheel/feature_extractor.hpp>
#include <memory>

namespace cartwheel::features {

/// The inverse of FeatureExtractor::write: a fitted extractor, ready to transform.
/// @throws DataError for bytes that no extractor of ours wrote.
std::unique_ptr<FeatureExtractor> read_feature_extractor(core::ByteReader& in);

}  // namespace cartwheel::features
