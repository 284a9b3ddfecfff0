#pragma once

#include <cartwheel/pipeline.hpp>
#include <span>

namespace cartwheel::pipeline {

/// @param y  labels of the training rows, as the extractor was given them. @throws ParameterError for what no fit of
/// the recipe could begin with.
Provenance provenance_of(const PipelineRecipe& recipe, std::span<const std::uint8_t> y, std::int64_t train_begin,
                         std::int64_t train_end, const FitContext& context);

}  // namespace cartwheel::pipeline
