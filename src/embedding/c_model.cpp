#include "embedding/c_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/threads.hpp>
#include <cartwheel/version.hpp>
#include <limits>
#include <memory>

#include "embedding/last_error.hpp"

using namespace cartwheel;
using namespace cartwheel::embedding;

cartwheel_model::cartwheel_model(Pipeline loaded)
    : pipeline(std::move(loaded)), kind(pipeline.model->name()), feature_names(pipeline.feature_names()) {}

const Pipeline& embedding::session_pipeline(const cartwheel_model* model) {
  require(model, "model");
  if (model->pipeline.extractor == nullptr)
    throw DataError("this model was fitted on a table, not on sessions; score rows with cartwheel_score_matrix");
  return model->pipeline;
}

namespace {

/// `values` by column. @param values  [rows x columns], row by row.
FeatureMatrix matrix_of(const float* values, std::size_t rows, std::span<const std::string> names) {
  FeatureMatrix matrix(rows);
  for (std::size_t j = 0; j < names.size(); ++j) {
    FloatColumn column{std::vector<float>(rows)};
    for (std::size_t row = 0; row < rows; ++row) column.values[row] = values[row * names.size() + j];
    matrix.add(names[j], std::move(column));
  }
  return matrix;
}

}  // namespace

const char* cartwheel_version(void) { return version().data(); }  // a literal, so it ends with a NUL

cartwheel_status cartwheel_load_model(const char* path, cartwheel_model** model) {
  return guarded([&] {
    require(path, "path");
    require(model, "model");
    *model = std::make_unique<cartwheel_model>(load_pipeline(path)).release();
  });
}

cartwheel_status cartwheel_load_model_bytes(const void* bytes, size_t size, cartwheel_model** model) {
  return guarded([&] {
    require(bytes, "bytes");
    require(model, "model");
    const std::string_view text(static_cast<const char*>(bytes), size);
    *model = std::make_unique<cartwheel_model>(from_bytes(text, "the model in memory")).release();
  });
}

void cartwheel_free_model(cartwheel_model* model) { delete model; }

const char* cartwheel_model_kind(const cartwheel_model* model) { return model == nullptr ? "" : model->kind.c_str(); }

double cartwheel_model_threshold(const cartwheel_model* model) {
  return model == nullptr ? std::numeric_limits<double>::quiet_NaN() : model->pipeline.threshold;
}

size_t cartwheel_model_window(const cartwheel_model* model) {
  if (model == nullptr || model->pipeline.extractor == nullptr) return 0;
  return static_cast<size_t>(model->pipeline.session.size);
}

size_t cartwheel_model_feature_count(const cartwheel_model* model) {
  return model == nullptr ? 0 : model->feature_names.size();
}

const char* cartwheel_model_feature_name(const cartwheel_model* model, size_t feature) {
  return feature < cartwheel_model_feature_count(model) ? model->feature_names[feature].c_str() : nullptr;
}

cartwheel_status cartwheel_score_matrix(const cartwheel_model* model, const float* values, size_t rows, size_t columns,
                                        int threads, double* probabilities) {
  return guarded([&] {
    require(model, "model");
    if (columns != model->feature_names.size())
      throw DataError(fmt::format("the matrix has {} columns; the model takes {}, see cartwheel_model_feature_name",
                                  columns, model->feature_names.size()));
    if (rows == 0) return;
    if (columns > 0) require(values, "values");
    require(probabilities, "probabilities");
    with_threads(threads, [&] {
      std::ranges::copy(model->pipeline.predict_proba(matrix_of(values, rows, model->feature_names)), probabilities);
    });
  });
}
