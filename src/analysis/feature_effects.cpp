#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_effects.hpp>
#include <cartwheel/permutation_importance.hpp>
#include <cmath>
#include <numeric>

namespace cartwheel {
namespace {

void check_range(const char* name, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (value < low || value > high)
    throw ParameterError(fmt::format("{} is {}; it must be in [{}, {}]", name, value, low, high));
}

/// A pipeline from its extractor's columns on, as one model.
class WholePipeline final : public Model {
 public:
  WholePipeline(const Pipeline& pipeline, std::vector<std::string> names)
      : pipeline_(pipeline), names_(std::move(names)) {}
  std::string_view name() const override { return pipeline_.model->name(); }
  const std::vector<std::string>& feature_names() const override { return names_; }
  std::vector<double> predict_proba(const FeatureMatrix& x) const override { return pipeline_.predict_proba(x); }
  void write(core::ByteWriter&) const override { throw ParameterError("a pipeline is saved as such"); }

 private:
  const Pipeline& pipeline_;
  std::vector<std::string> names_;
};

/// At most `count` of `rows`, evenly spread.
std::vector<std::uint32_t> spread(std::span<const std::uint32_t> rows, std::size_t count) {
  std::vector<std::uint32_t> chosen;
  const std::size_t kept = std::min(rows.size(), count);
  for (std::size_t i = 0; i < kept; ++i) chosen.push_back(rows[i * rows.size() / kept]);
  return chosen;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Distinct values of a column at even quantiles, increasing; missing ones left out.
std::vector<float> quantiles(const FeatureMatrix& x, std::size_t column, std::size_t points) {
  std::vector<float> values(x.rows());
  x.copy_column(column, values);
  std::erase_if(values, [](float value) { return std::isnan(value); });
  std::ranges::sort(values);
  std::vector<float> distinct = values;
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  if (distinct.size() <= points) return distinct;
  std::vector<float> chosen;
  for (std::size_t i = 0; i < points; ++i) chosen.push_back(values[i * (values.size() - 1) / (points - 1)]);
  chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());
  return chosen;
}

std::vector<DependencePoint> dependence(const Pipeline& pipeline, const FeatureMatrix& x, std::size_t column,
                                        std::size_t points) {
  if (std::holds_alternative<CategoryColumn>(x.column(column))) return {};
  const std::vector<float> values = quantiles(x, column, points);
  if (values.size() < 2) return {};
  std::vector<DependencePoint> curve;
  FeatureMatrix changed = x;
  for (const float value : values) {
    changed.replace(column, FloatColumn{std::vector<float>(x.rows(), value)});
    curve.push_back({value, mean(pipeline.predict_proba(changed))});
  }
  return curve;
}

std::vector<std::string> definitions_of(const Pipeline& pipeline, const std::vector<std::string>& names) {
  const std::vector<FeatureDefinition> known = pipeline.extractor->definitions();
  std::vector<std::string> texts;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known, name, &FeatureDefinition::name);
    texts.push_back(found == known.end() ? "" : found->definition);
  }
  return texts;
}

}  // namespace

void FeatureEffectsOptions::check() const {
  check_range("rows", rows, 1, std::uint64_t{1} << 31);
  check_range("repeats", static_cast<std::uint64_t>(std::max(repeats, 0)), 1, 10'000);
  check_range("curves", curves, 0, 100'000);
  check_range("points", points, 2, 1000);
}

FeatureEffects feature_effects(const Pipeline& pipeline, const SessionTable& sessions,
                               std::span<const std::uint32_t> rows, const FeatureEffectsOptions& options) {
  options.check();
  if (pipeline.extractor == nullptr) throw DataError("this model was fitted on a table, not on sessions");
  if (rows.empty()) throw DataError("there are no rows to look at features with; give at least one");
  const std::vector<std::uint32_t> chosen = spread(rows, options.rows);
  std::vector<std::uint8_t> y;
  for (const std::uint32_t row : chosen) y.push_back(sessions.label[row]);
  const FeatureMatrix x = pipeline.extractor->transform(sessions, chosen);

  const WholePipeline model(pipeline, x.names());
  const PermutationImportance importance =
      permutation_importance(model, x, y, average_precision, {options.repeats, options.seed});
  FeatureEffects effects{std::string(model.name()), std::string(pipeline.extractor->name()), chosen.size(),
                         importance.score,          mean(pipeline.predict_proba(x)),         {}};
  std::vector<std::size_t> order(x.columns());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t j) { return importance.mean[j]; });
  const std::vector<std::string> definitions = definitions_of(pipeline, x.names());
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t j = order[place];
    FeatureEffect effect{x.names()[j], definitions[j], importance.mean[j], importance.std[j], {}};
    if (place < options.curves) effect.curve = dependence(pipeline, x, j, options.points);
    effects.features.push_back(std::move(effect));
  }
  return effects;
}

}  // namespace cartwheel
