#include "pipeline/model_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>

#include "core/bytes.hpp"
#include "core/suggest.hpp"
#include "pipeline/model_parameters.hpp"

namespace cartwheel {
namespace pipeline {
namespace {

using Labels = std::span<const std::uint8_t>;

/// What the rest of the library needs to know of a model to handle it by name.
struct ModelKind {
  std::string_view name;
  void (*check)(ParameterReader&);
  std::shared_ptr<const Model> (*fit)(ParameterReader&, const FeatureMatrix&, Labels, const FitContext&);
  std::shared_ptr<const Model> (*read)(core::ByteReader&);
};

/// @tparam options_of  (ParameterReader&, const FitContext&) -> the options that M::fit takes.
template <class M, auto options_of>
constexpr ModelKind kind(std::string_view name) {
  return {name, [](ParameterReader& in) { options_of(in, FitContext{}); },
          [](ParameterReader& in, const FeatureMatrix& x, Labels y,
             const FitContext& context) -> std::shared_ptr<const Model> {
            const auto options = options_of(in, context);
            in.finish();  // an unknown parameter is refused before any work starts
            return std::make_shared<M>(M::fit(x, y, options, context.sample_weight));
          },
          [](core::ByteReader& in) -> std::shared_ptr<const Model> { return std::make_shared<M>(M::read(in)); }};
}

constexpr std::array<ModelKind, 4> kinds{
    kind<BernoulliNB, [](ParameterReader& in, const FitContext&) { return bernoulli_nb_options(in); }>("bernoulli_nb"),
    kind<LogisticRegression, [](ParameterReader& in, const FitContext&) { return logistic_regression_options(in); }>(
        "logistic_regression"),
    kind<DecisionTree,
         [](ParameterReader& in, const FitContext& context) { return decision_tree_options(in, context.seed); }>(
        "decision_tree"),
    kind<RandomForest, [](ParameterReader& in, const FitContext& context) {
      return random_forest_options(in, context.seed);
    }>("random_forest")};

constexpr auto kind_names = [] {
  std::array<std::string_view, kinds.size()> names;
  for (std::size_t i = 0; i < kinds.size(); ++i) names[i] = kinds[i].name;
  return names;
}();

const ModelKind* find_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &ModelKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

const ModelKind& kind_of(std::string_view name) {
  if (const ModelKind* found = find_kind(name)) return *found;
  throw ParameterError(fmt::format("unknown model '{}'{}", name, core::suggestion(name, kind_names)));
}

}  // namespace

std::shared_ptr<const Model> read_model(std::string_view name, core::ByteReader& in) {
  const ModelKind* const found = find_kind(name);
  if (found == nullptr) in.fail(fmt::format("it holds a model of an unknown kind, '{}'", name));
  return found->read(in);
}

}  // namespace pipeline

std::span<const std::string_view> model_names() { return pipeline::kind_names; }

Parameters check_parameters(std::string_view model, const Parameters& parameters) {
  pipeline::ParameterReader reader{std::string(model), parameters};
  pipeline::kind_of(model).check(reader);
  return reader.finish();
}

std::shared_ptr<const Model> fit_model(std::string_view model, const Parameters& parameters, const FeatureMatrix& x,
                                       std::span<const std::uint8_t> y, const FitContext& context) {
  pipeline::ParameterReader reader{std::string(model), parameters};
  return pipeline::kind_of(model).fit(reader, x, y, context);
}

}  // namespace cartwheel
