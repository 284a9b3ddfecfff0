#include "pipeline/step_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/calibration.hpp>
#include <cartwheel/column_selector.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/pca.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/resampler.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <limits>
#include <optional>

#include "core/bytes.hpp"
#include "core/suggest.hpp"
#include "core/parameter_reader.hpp"

namespace cartwheel {
namespace pipeline {
using core::ParameterReader;

namespace {

using Labels = std::span<const std::uint8_t>;

/// What the rest of the library needs to know of a step to handle it by name.
struct StepKind {
  std::string_view name;
  void (*check)(ParameterReader&);
  FittedStep (*fit)(ParameterReader&, const FeatureMatrix&, Labels, const FitContext&);
  std::shared_ptr<const Step> (*read)(core::ByteReader&);
};

/// A step that turns columns into columns, and leaves the rows alone.
/// @tparam S  has a static read(ByteReader&). @tparam options_of  (ParameterReader&) -> Options.
/// @tparam fit  (x, y, Options) -> S.
template <class S, auto options_of, auto fit>
constexpr StepKind column_step(std::string_view name) {
  return {name, [](ParameterReader& in) { static_cast<void>(options_of(in)); },
          [](ParameterReader& in, const FeatureMatrix& x, Labels y, const FitContext&) -> FittedStep {
            const auto options = options_of(in);
            in.finish();
            auto step = std::make_shared<const S>(fit(x, y, options));
            TrainingRows training{step->transform(x), {y.begin(), y.end()}};
            return {std::move(step), std::move(training)};
          },
          [](core::ByteReader& in) -> std::shared_ptr<const Step> { return std::make_shared<const S>(S::read(in)); }};
}

struct NoOptions {};

/// A whole number of 1 or more, or nothing for "all".
std::optional<std::uint64_t> read_k(ParameterReader& in) {
  const ParameterValue value = in.value("k", std::int64_t{10});
  if (const auto* text = std::get_if<std::string>(&value); text && *text == "all") return {};
  const auto* k = std::get_if<std::int64_t>(&value);
  if (k == nullptr || *k < 1) in.refuse("k", "a whole number of 1 or more, or \"all\"");
  return static_cast<std::uint64_t>(*k);
}

template <ColumnScore score>
ColumnSelector fit_k_best(const FeatureMatrix& x, Labels y, std::optional<std::uint64_t> k) {
  return ColumnSelector::k_best(x, y, score, k);
}

double read_variance_threshold(ParameterReader& in) {
  return in.number("threshold", 0.0, 0.0, std::numeric_limits<double>::max());
}

PcaComponents read_components(ParameterReader& in) {
  const ParameterValue value = in.value("components", std::string("all"));
  if (const auto* text = std::get_if<std::string>(&value); text && *text == "all") return AllComponents{};
  if (const auto* count = std::get_if<std::int64_t>(&value); count && *count >= 1)
    return ComponentCount{static_cast<std::uint64_t>(*count)};
  if (const auto* share = std::get_if<double>(&value); share && *share > 0.0 && *share < 1.0)
    return VarianceShare{*share};
  in.refuse("components", "a whole number of 1 or more, a share of the variance between 0 and 1, or \"all\"");
}

ResamplerOptions read_resampling(ParameterReader& in) {
  static constexpr std::array<std::string_view, 2> strategies{"under", "over"};
  ResamplerOptions options;
  options.strategy = static_cast<Resampling>(in.choice("strategy", 0, strategies));
  options.ratio = in.number("ratio", 1.0, std::numeric_limits<double>::min(), 1.0);
  return options;
}

FittedStep fit_resampling(ParameterReader& in, const FeatureMatrix& x, Labels y, const FitContext& context) {
  ResamplerOptions options = read_resampling(in);
  in.finish();
  options.seed = context.seed;
  auto step = std::make_shared<const Resampler>(Resampler::fit(y, options));
  const std::vector<std::uint32_t> rows = step->rows(y);
  TrainingRows training{x.select_rows(rows), {}};
  for (const std::uint32_t row : rows) training.y.push_back(y[row]);
  return {std::move(step), std::move(training)};
}

CalibrationMethod read_calibration(ParameterReader& in) {
  static constexpr std::array<std::string_view, 2> methods{"sigmoid", "isotonic"};
  return static_cast<CalibrationMethod>(in.choice("method", 0, methods));
}

/// Only marks that there is to be one: it is fitted with the model.
FittedStep mark_calibration(ParameterReader& in, const FeatureMatrix& x, Labels y, const FitContext&) {
  const CalibrationMethod method = read_calibration(in);
  in.finish();
  return {std::make_shared<const Calibration>(method), {x, {y.begin(), y.end()}}};
}

constexpr std::array<StepKind, 7> kinds{
    column_step<StandardScaler, [](ParameterReader&) { return NoOptions{}; },
                [](const FeatureMatrix& x, Labels, NoOptions) { return StandardScaler::fit(x); }>("standard_scaler"),
    column_step<ColumnSelector, read_k, fit_k_best<ColumnScore::chi2>>("chi2"),
    column_step<ColumnSelector, read_k, fit_k_best<ColumnScore::mutual_information>>("mutual_information"),
    column_step<ColumnSelector, read_variance_threshold,
                [](const FeatureMatrix& x, Labels, double threshold) {
                  return ColumnSelector::above_variance(x, threshold);
                }>("variance_threshold"),
    column_step<Pca, read_components,
                [](const FeatureMatrix& x, Labels, const PcaComponents& components) {
                  return Pca::fit(x, components);
                }>("pca"),
    StepKind{"resample", [](ParameterReader& in) { static_cast<void>(read_resampling(in)); }, fit_resampling,
             [](core::ByteReader& in) -> std::shared_ptr<const Step> {
               return std::make_shared<const Resampler>(Resampler::read(in));
             }},
    StepKind{"calibration", [](ParameterReader& in) { static_cast<void>(read_calibration(in)); }, mark_calibration,
             [](core::ByteReader& in) -> std::shared_ptr<const Step> {
               return std::make_shared<const Calibration>(Calibration::read(in));
             }}};

constexpr auto kind_names = [] {
  std::array<std::string_view, kinds.size()> names;
  for (std::size_t i = 0; i < kinds.size(); ++i) names[i] = kinds[i].name;
  return names;
}();

const StepKind* find_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &StepKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

const StepKind& kind_of(std::string_view name) {
  if (const StepKind* found = find_kind(name)) return *found;
  throw ParameterError(fmt::format("unknown step '{}'{}", name, core::suggestion(name, kind_names)));
}

}  // namespace

std::shared_ptr<const Step> read_step(std::string_view name, core::ByteReader& in) {
  const StepKind* const found = find_kind(name);
  if (found == nullptr) in.fail(fmt::format("it holds a step of an unknown kind, '{}'", name));
  return found->read(in);
}

}  // namespace pipeline

std::string to_text(const std::vector<NamedStep>& steps) {
  std::string text;
  for (const NamedStep& step : steps) {
    text += (text.empty() ? "" : " > ") + step.name;
    if (!step.parameters.empty()) text += " (" + to_text(step.parameters) + ")";
  }
  return text;
}

std::span<const std::string_view> step_names() { return pipeline::kind_names; }

Parameters check_step_parameters(std::string_view step, const Parameters& parameters) {
  core::ParameterReader reader{std::string(step), parameters};
  pipeline::kind_of(step).check(reader);
  return reader.finish();
}

FittedStep fit_step(const NamedStep& step, const FeatureMatrix& x, std::span<const std::uint8_t> y,
                    const FitContext& context) {
  core::ParameterReader reader{step.name, step.parameters};
  return pipeline::kind_of(step.name).fit(reader, x, y, context);
}

std::vector<NamedStep> default_steps(std::string_view model) {
  static_cast<void>(check_parameters(model, {}));
  // Naive Bayes cuts at 0, the training mean once standardised.
  if (model == "bernoulli_nb" || model == "logistic_regression") return {{"standard_scaler", {}}};
  return {};
}

std::vector<NamedStep> with_default_steps(std::vector<NamedStep> steps, std::string_view model) {
  const auto calibration = std::ranges::find(steps, "calibration", &NamedStep::name);
  if (calibration != steps.end() && calibration + 1 != steps.end())
    throw ParameterError(
        fmt::format("step calibration stands before {}; it must be the last step, for it maps the "
                    "model's probabilities",
                    calibration[1].name));
  auto place = calibration - steps.begin();
  for (NamedStep& step : default_steps(model))
    if (std::ranges::find(steps, step.name, &NamedStep::name) == steps.end())
      steps.insert(steps.begin() + place++, std::move(step));
  return steps;
}

}  // namespace cartwheel
