#include "analysis/described_contributions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/pca.hpp>
#include <cmath>

#include "analysis/feature_words.hpp"

namespace cartwheel::analysis {
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
        feature_words(name, contribution.value, definition == definitions.end() ? nullptr : &*definition);
  return contribution;
}

}  // namespace

std::vector<FeatureContribution> described_contributions(const Pipeline& pipeline, const FeatureMatrix& features,
                                                         const FeatureMatrix& input, const Contributions& shares) {
  std::vector<FeatureContribution> list;
  const std::vector<FeatureDefinition> definitions = pipeline.extractor->definitions();
  for (std::size_t j = 0; j < input.columns(); ++j) {
    if (shares.points[j] == 0.0) continue;
    FeatureContribution contribution = describe(pipeline, definitions, features, input.names()[j]);
    contribution.points = shares.points[j];
    if (!shares.log_odds.empty()) contribution.log_odds = shares.log_odds[j];
    list.push_back(std::move(contribution));
  }
  std::ranges::stable_sort(list, std::ranges::greater{},
                           [](const FeatureContribution& c) { return std::abs(c.points); });
  return list;
}

}  // namespace cartwheel::analysis
