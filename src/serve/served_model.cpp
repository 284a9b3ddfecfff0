#include "serve/served_model.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <ranges>

#include "analysis/contributions.hpp"
#include "analysis/described_contributions.hpp"
#include "features/extractor_v2.hpp"

namespace cartwheel::serve {
namespace {

constexpr std::uint32_t only_row = 0;

/// The row as numbers; false where a column is a category, whose numbers mean something in their own log alone.
bool copy_row(const FeatureMatrix& features, std::vector<float>& row) {
  row.resize(features.columns());
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (const auto* column = std::get_if<FloatColumn>(&features.column(j)))
      row[j] = column->values[0];
    else if (std::holds_alternative<CategoryColumn>(features.column(j)))
      return false;
    else
      features.copy_column(j, std::span(row).subspan(j, 1));
  }
  return true;
}

}  // namespace

ServedModel::ServedModel(const std::filesystem::path& file) {
  const core::MappedFile mapped(file);
  identity_ = mapped.identity();
  hash_ = XXH3_64bits(mapped.bytes().data(), mapped.bytes().size());
  pipeline_ = from_bytes(mapped.bytes(), file.string());
  if (pipeline_.extractor == nullptr)
    throw DataError(fmt::format(
        "{}: this model was fitted on a table, not on sessions, so it cannot be served; fit one with 'fit' or 'run'",
        file.string()));
  v2_ = dynamic_cast<const features::ExtractorV2*>(pipeline_.extractor.get());
  if (v2_ != nullptr) history_reader_ = v2_->history_reader();
  const EventFields event{.time = pipeline_.provenance.train_end};
  const std::vector<EventFields> events(static_cast<std::size_t>(pipeline_.session.size), event);
  // By the long way, which compares the names of columns.
  static_cast<void>(pipeline_.predict_proba(features_of(
      table_of({.user = {}, .session = {}, .events = events, .window_end = event.time, .label_time = event.time}),
      {})));
}

const SessionTable& ServedModel::table_of(const Window& window) const {
  thread_local WindowTable memory;
  return memory.fill(pipeline_.session, window);
}

FeatureMatrix ServedModel::features_of(const SessionTable& table, const features::KnownHistory& known) const {
  const std::span<const std::uint32_t> rows(&only_row, 1);
  return history_reader_ != nullptr ? v2_->transform_with(table, rows, std::span(&known, 1))
                                    : pipeline_.extractor->transform(table, rows);
}

double ServedModel::score(const Window& window, const features::KnownHistory& known, ScoreReasons* reasons) const {
  const FeatureMatrix features = features_of(table_of(window), known);
  if (reasons != nullptr) {
    const FeatureMatrix input = pipeline_.model_input(features);
    const analysis::Contributions shares = analysis::contributions_of(pipeline_, input);
    reasons->base = shares.base;
    reasons->contributions = analysis::described_contributions(pipeline_, features, input, shares);
  }
  return probability(features);
}

double ServedModel::probability(const FeatureMatrix& features) const {
  const FeatureMatrix* input = &features;
  FeatureMatrix after_steps;
  if (!pipeline_.steps.empty()) {
    after_steps = pipeline_.model_input(features);
    input = &after_steps;
  }
  // A row on its own goes down a group of trees at a time; the same bits.
  thread_local std::vector<float> row;
  double p = 0.0;
  if (const auto* forest = dynamic_cast<const RandomForest*>(pipeline_.model.get());
      forest != nullptr && copy_row(*input, row))
    p = forest->predict_row(row);
  else
    p = pipeline_.model->predict_proba(*input)[0];
  for (const auto& step : pipeline_.steps | std::views::reverse) step->correct(std::span(&p, 1));
  return p;
}

}  // namespace cartwheel::serve
