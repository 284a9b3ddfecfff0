#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/explanation.hpp>
#include <cartwheel/pca.hpp>
#include <cmath>

#include "analysis/contributions.hpp"
#include "analysis/feature_words.hpp"
#include "analysis/nearest_change.hpp"

namespace cartwheel {
namespace {

std::optional<double> value_in(const FeatureMatrix& features, std::size_t j) {
  float value = 0.0f;
  features.copy_column(j, std::span(&value, 1));
  if (std::isnan(value)) return std::nullopt;
  return value;
}

/// The columns that a principal component is made of, the largest loadings first.
std::string words_of_component(const Pipeline& pipeline, std::string_view name) {
  constexpr std::size_t shown = 3;
  for (std::size_t s = 0; s < pipeline.steps.size(); ++s) {
    const auto* pca = dynamic_cast<const Pca*>(pipeline.steps[s].get());
    if (pca == nullptr) continue;
    for (std::size_t k = 0; k < pca->components(); ++k) {
      if (name != fmt::format("pca_{}", k + 1)) continue;
      const std::vector<std::string>& columns = pca->feature_names();
      const auto loading = [&](std::size_t j) { return std::abs(pca->loadings()[k * columns.size() + j]); };
      std::vector<std::size_t> order(columns.size());
      for (std::size_t j = 0; j < order.size(); ++j) order[j] = j;
      std::ranges::stable_sort(order, std::ranges::greater{}, loading);
      std::string words = "a mix of";
      for (std::size_t i = 0; i < std::min(shown, order.size()); ++i)
        words += (i == 0 ? " " : ", ") + columns[order[i]];
      return words + (order.size() > shown ? " and others" : "");
    }
  }
  return std::string(name);
}

/// What column `name` of the model says of the session.
FeatureContribution describe(const Pipeline& pipeline, const std::vector<FeatureDefinition>& definitions,
                             const FeatureMatrix& features, const std::string& name) {
  FeatureContribution contribution;
  contribution.feature = name;
  const auto column = std::ranges::find(features.names(), name);
  if (column == features.names().end()) {
    contribution.words = words_of_component(pipeline, name);
    return contribution;
  }
  const auto j = static_cast<std::size_t>(column - features.names().begin());
  contribution.value = value_in(features, j);
  const auto definition = std::ranges::find(definitions, name, &FeatureDefinition::name);
  if (const auto* category = std::get_if<CategoryColumn>(&features.column(j)))
    contribution.words =
        fmt::format("{}: {}", name, category->codes[0] == 0 ? "missing" : category->levels[category->codes[0]]);
  else
    contribution.words =
        analysis::feature_words(name, contribution.value, definition == definitions.end() ? nullptr : &*definition);
  return contribution;
}

}  // namespace

void ExplainOptions::check() const {
  if (products > 10'000) throw ParameterError(fmt::format("products is {}; it must be in [0, 10000]", products));
  if (changes < 1 || changes > 1'000'000)
    throw ParameterError(fmt::format("changes is {}; it must be in [1, 1000000]", changes));
}

Explanation explain_session(const Pipeline& pipeline, const SessionTable& sessions, std::uint32_t row,
                            const ExplainOptions& options) {
  options.check();
  if (pipeline.extractor == nullptr)
    throw DataError("this model was fitted on a table, not on sessions, so it has no session to explain");
  Explanation explanation;
  explanation.window = window_events(sessions, row);
  explanation.session = sessions.session_name(row);
  explanation.start = sessions.start[row];
  if (sessions.label_time[row] <= sessions.log_end) explanation.label = sessions.label[row] == 1;
  if (const Provenance& from = pipeline.provenance; from.train_rows > 0)
    explanation.training_base_rate = static_cast<double>(from.train_positives) / static_cast<double>(from.train_rows);

  const FeatureMatrix features = pipeline.extractor->transform(sessions, std::span(&row, 1));
  const FeatureMatrix input = pipeline.model_input(features);
  explanation.probability = pipeline.predict_proba(features)[0];
  explanation.threshold = pipeline.threshold;
  explanation.decision = explanation.probability >= pipeline.threshold;
  const analysis::Contributions shares = analysis::contributions_of(pipeline, input);
  explanation.base = shares.base;
  explanation.base_log_odds = shares.base_log_odds;
  const std::vector<FeatureDefinition> definitions = pipeline.extractor->definitions();
  for (std::size_t j = 0; j < input.columns(); ++j) {
    if (shares.points[j] == 0.0) continue;
    FeatureContribution contribution = describe(pipeline, definitions, features, input.names()[j]);
    contribution.points = shares.points[j];
    if (!shares.log_odds.empty()) contribution.log_odds = shares.log_odds[j];
    explanation.contributions.push_back(std::move(contribution));
  }
  std::ranges::stable_sort(explanation.contributions, std::ranges::greater{},
                           [](const FeatureContribution& c) { return std::abs(c.points); });
  analysis::ChangeSearch search = analysis::nearest_change(pipeline, sessions, row, explanation.probability, options);
  explanation.change = std::move(search.change);
  explanation.changes_tried = search.tried;
  return explanation;
}

}  // namespace cartwheel
