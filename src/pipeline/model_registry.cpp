#include "pipeline/model_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/suggest.hpp"
#include "pipeline/failure_of.hpp"
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
  std::vector<FitOutcome> (*fit_each)(std::string_view, std::span<const Parameters>, const FeatureMatrix&, Labels,
                                      const FitContext&);
  std::vector<std::vector<double>> (*predict_each)(std::span<const Model* const>, const FeatureMatrix&);
  std::shared_ptr<const Model> (*read)(core::ByteReader&);
  std::span<const std::string_view> shared;  ///< Parameters whose values one fit serves.
};

template <class M, auto options_of>
std::vector<FitOutcome> fit_all(std::string_view name, std::span<const Parameters> all, const FeatureMatrix& x,
                                Labels y, const FitContext& context) {
  using Options = decltype(options_of(std::declval<ParameterReader&>(), context));
  std::vector<FitOutcome> outcomes(all.size());
  std::vector<Options> options;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < all.size(); ++i)
    outcomes[i].failure = failure_of([&] {
      ParameterReader in{std::string(name), all[i]};
      Options one = options_of(in, context);
      in.finish();
      options.push_back(std::move(one));
      places.push_back(i);
    });
  if (options.empty()) return outcomes;
  const std::exception_ptr failure = failure_of([&] {
    std::vector<M> models = M::fit_each(x, y, std::span<const Options>(options), context.sample_weight);
    for (std::size_t i = 0; i < models.size(); ++i)
      outcomes[places[i]].model = std::make_shared<const M>(std::move(models[i]));
  });
  if (!failure) return outcomes;
  // Some of them cannot be fitted on this matrix: each by itself shows which.
  for (std::size_t i = 0; i < options.size(); ++i)
    outcomes[places[i]].failure = failure_of([&] {
      outcomes[places[i]].model = std::make_shared<const M>(M::fit(x, y, options[i], context.sample_weight));
    });
  return outcomes;
}

template <class M>
std::vector<std::vector<double>> predict_all(std::span<const Model* const> models, const FeatureMatrix& x) {
  if constexpr (requires { &M::predict_each; }) {
    std::vector<const M*> own;
    for (const Model* model : models) own.push_back(&dynamic_cast<const M&>(*model));
    return M::predict_each(own, x);
  } else {
    std::vector<std::vector<double>> results(models.size());
    core::parallel_for(models.size(), [&](std::size_t i) { results[i] = models[i]->predict_proba(x); });
    return results;
  }
}

/// @tparam options_of  (ParameterReader&, const FitContext&) -> the options that M::fit takes.
/// @tparam shared  see ModelKind.
template <class M, auto options_of, const auto& shared>
constexpr ModelKind kind(std::string_view name) {
  return {name,
          [](ParameterReader& in) { options_of(in, FitContext{}); },
          [](ParameterReader& in, const FeatureMatrix& x, Labels y,
             const FitContext& context) -> std::shared_ptr<const Model> {
            const auto options = options_of(in, context);
            in.finish();  // an unknown parameter is refused before any work starts
            return std::make_shared<M>(M::fit(x, y, options, context.sample_weight));
          },
          fit_all<M, options_of>,
          predict_all<M>,
          [](core::ByteReader& in) -> std::shared_ptr<const Model> { return std::make_shared<M>(M::read(in)); },
          shared};
}

constexpr std::array<std::string_view, 3> shared_by_counts{"alpha", "class_prior", "fit_prior"};
constexpr std::array<std::string_view, 3> shared_by_path{"C", "l1_ratio", "penalty"};
constexpr std::array<std::string_view, 1> shared_by_tree{"max_depth"};
constexpr std::array<std::string_view, 2> shared_by_forest{"max_depth", "n_estimators"};

constexpr std::array<ModelKind, 4> kinds{
    kind<BernoulliNB, [](ParameterReader& in, const FitContext&) { return bernoulli_nb_options(in); },
         shared_by_counts>("bernoulli_nb"),
    kind<LogisticRegression, [](ParameterReader& in, const FitContext&) { return logistic_regression_options(in); },
         shared_by_path>("logistic_regression"),
    kind<DecisionTree,
         [](ParameterReader& in, const FitContext& context) { return decision_tree_options(in, context.seed); },
         shared_by_tree>("decision_tree"),
    kind<RandomForest,
         [](ParameterReader& in, const FitContext& context) { return random_forest_options(in, context.seed); },
         shared_by_forest>("random_forest")};

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

std::vector<FitOutcome> fit_each(std::string_view model, std::span<const Parameters> all, const FeatureMatrix& x,
                                 std::span<const std::uint8_t> y, const FitContext& context) {
  return kind_of(model).fit_each(model, all, x, y, context);
}

std::vector<std::vector<double>> predict_each(std::span<const Model* const> models, const FeatureMatrix& x) {
  if (models.empty()) return {};
  return kind_of(models.front()->name()).predict_each(models, x);
}

std::string share_key(std::string_view model, const Parameters& parameters) {
  try {
    Parameters rest = check_parameters(model, parameters);
    for (const std::string_view name : kind_of(model).shared) rest.erase(std::string(name));
    return to_text(rest);
  } catch (const ParameterError&) {
    return "refused: " + to_text(parameters);
  }
}

std::shared_ptr<const Model> read_model(std::string_view name, core::ByteReader& in) {
  const ModelKind* const found = find_kind(name);
  if (found == nullptr) in.fail(fmt::format("it holds a model of an unknown kind, '{}'", name));
  return found->read(in);
}

}  // namespace pipeline

std::span<const std::string_view> model_names() { return pipeline::kind_names; }

Parameters check_parameters(std::string_view model, const Parameters& parameters) {
  core::ParameterReader reader{std::string(model), parameters};
  pipeline::kind_of(model).check(reader);
  return reader.finish();
}

std::shared_ptr<const Model> fit_model(std::string_view model, const Parameters& parameters, const FeatureMatrix& x,
                                       std::span<const std::uint8_t> y, const FitContext& context) {
  core::ParameterReader reader{std::string(model), parameters};
  return pipeline::kind_of(model).fit(reader, x, y, context);
}

}  // namespace cartwheel
