#pragma once

#include <cartwheel.h>

#include <cartwheel/pipeline.hpp>
#include <string>
#include <vector>

/// What a cartwheel_model is.
struct cartwheel_model {
  explicit cartwheel_model(cartwheel::Pipeline loaded);

  cartwheel::Pipeline pipeline;
  std::string kind;
  std::vector<std::string> feature_names;
};

namespace cartwheel::embedding {

/// The pipeline of a model that scores sessions. @throws ParameterError for NULL, DataError for a table's model.
const Pipeline& session_pipeline(const cartwheel_model* model);

}  // namespace cartwheel::embedding
