#include "pipeline/model_parameters.hpp"

#include <cmath>

namespace cartwheel::pipeline {
namespace {

constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest = std::numeric_limits<double>::denorm_min();  // for "> 0"
constexpr std::int64_t most_rows = std::numeric_limits<std::uint32_t>::max();

/// A count of rows, or a share of them.
CountOrShare count_or_share(ParameterReader& in, const std::string& name, std::int64_t fallback, std::int64_t low) {
  const ParameterValue value = in.value(name, fallback);
  if (const auto* count = std::get_if<std::int64_t>(&value); count != nullptr && *count >= low && *count <= most_rows)
    return {*count, 0.0};
  if (const auto* share = std::get_if<double>(&value); share != nullptr && *share > 0.0 && *share <= 1.0)
    return {0, *share};
  in.refuse(name, "an integer of at least " + std::to_string(low) + ", or a share in (0, 1] such as 0.01");
}

MaxFeatures max_features(ParameterReader& in, const std::string& fallback) {
  using Rule = MaxFeatures::Rule;
  const ParameterValue value = in.value("max_features", fallback);
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (*text == "none" || *text == "all") return {Rule::all, 0, 0.0};
    if (*text == "sqrt") return {Rule::sqrt, 0, 0.0};
    if (*text == "log2") return {Rule::log2, 0, 0.0};
  }
  if (const auto* count = std::get_if<std::int64_t>(&value); count != nullptr && *count >= 1)
    return {Rule::count, *count, 0.0};
  if (const auto* share = std::get_if<double>(&value); share != nullptr && *share > 0.0 && *share <= 1.0)
    return {Rule::share, 0, *share};
  in.refuse("max_features", "sqrt, log2, none, an integer of at least 1, or a share in (0, 1]");
}

/// @param subsample  where balanced_subsample is noted, if it has a meaning.
ClassWeight class_weight(ParameterReader& in, bool* subsample = nullptr) {
  using Rule = ClassWeight::Rule;
  const ParameterValue value = in.value("class_weight", std::string("none"));
  if (is_none(value)) return {};
  const auto* const text = std::get_if<std::string>(&value);
  if (text != nullptr && *text == "balanced") return {Rule::balanced, {1.0, 1.0}};
  if (text != nullptr && *text == "balanced_subsample" && subsample != nullptr) {
    *subsample = true;
    return {};
  }
  const auto* weights = std::get_if<std::vector<double>>(&value);
  if (weights != nullptr && weights->size() == 2 && (*weights)[0] > 0.0 && (*weights)[1] > 0.0 &&
      std::isfinite((*weights)[0]) && std::isfinite((*weights)[1]))
    return {Rule::given, {(*weights)[0], (*weights)[1]}};
  in.refuse("class_weight", std::string("none, balanced, ") + (subsample != nullptr ? "balanced_subsample, " : "") +
                                "or the weights of 0 and 1, such as [1.0, 3.0]");
}

int max_depth(ParameterReader& in) {
  const ParameterValue value = in.value("max_depth", std::string("none"));
  if (is_none(value)) return 0;
  if (const auto* depth = std::get_if<std::int64_t>(&value); depth != nullptr && *depth >= 1 && *depth <= 1000)
    return static_cast<int>(*depth);
  in.refuse("max_depth", "none or an integer in [1, 1000]");
}

std::uint64_t random_state(ParameterReader& in, std::uint64_t seed) {
  const ParameterValue value = in.value("random_state", std::string("none"));
  if (is_none(value)) return seed;
  if (const auto* state = std::get_if<std::int64_t>(&value); state != nullptr && *state >= 0)
    return static_cast<std::uint64_t>(*state);
  in.refuse("random_state", "none or an integer of at least 0");
}

/// @param defaults  of what differs between a tree and a forest. @param subsample  as class_weight.
DecisionTreeOptions tree_options(ParameterReader& in, std::uint64_t seed, const DecisionTreeOptions& defaults,
                                 bool* subsample = nullptr) {
  constexpr std::string_view criteria[] = {"gini", "entropy", "log_loss"};
  constexpr Criterion meanings[] = {Criterion::gini, Criterion::entropy, Criterion::log_loss};
  DecisionTreeOptions options;
  options.criterion = meanings[in.choice("criterion", 0, criteria)];
  options.max_depth = max_depth(in);
  options.min_samples_split = count_or_share(in, "min_samples_split", 2, 2);
  options.min_samples_leaf = count_or_share(in, "min_samples_leaf", 1, 1);
  options.max_features = max_features(in, defaults.max_features.rule == MaxFeatures::Rule::sqrt ? "sqrt" : "none");
  options.min_impurity_decrease = in.number("min_impurity_decrease", 0.0, 0.0, largest);
  options.class_weight = class_weight(in, subsample);
  options.max_bins = static_cast<int>(in.integer("max_bins", defaults.max_bins, 2, 65'535));
  options.seed = random_state(in, seed);
  return options;
}

}  // namespace

BernoulliNBOptions bernoulli_nb_options(ParameterReader& in) {
  BernoulliNBOptions options;
  options.alpha = in.number("alpha", 1.0, 0.0, largest);
  options.fit_prior = in.boolean("fit_prior", true);
  if (const ParameterValue prior = in.value("class_prior", std::string("none")); !is_none(prior)) {
    const auto* values = std::get_if<std::vector<double>>(&prior);
    if (values == nullptr || values->size() != 2)
      in.refuse("class_prior", "none, or the probabilities of 0 and 1, such as [0.7, 0.3]");
    options.class_prior = *values;
  }
  if (const auto found = in.value("binarize", 0.0); is_none(found))
    options.binarize.reset();
  else
    options.binarize = in.number("binarize", 0.0, -largest, largest);
  return options;
}

LogisticRegressionOptions logistic_regression_options(ParameterReader& in) {
  constexpr std::string_view penalties[] = {"l1", "l2", "elasticnet", "none"};
  LogisticRegressionOptions options;
  const bool by_ratio = in.given("l1_ratio") && !in.given("penalty");
  options.penalty = static_cast<Penalty>(in.choice("penalty", static_cast<std::size_t>(options.penalty), penalties));
  options.l1_ratio = in.number("l1_ratio", options.l1_ratio, 0.0, 1.0);
  // scikit-learn's newer spelling: l1_ratio alone says which penalty it is, and C = inf that there is none.
  if (by_ratio)
    options.penalty = options.l1_ratio == 0.0   ? Penalty::l2
                      : options.l1_ratio == 1.0 ? Penalty::l1
                                                : Penalty::elasticnet;
  options.C = in.number("C", options.C, smallest, std::numeric_limits<double>::infinity());
  if (std::isinf(options.C)) {
    options.penalty = Penalty::none;
    options.C = 1.0;
  }
  options.fit_intercept = in.boolean("fit_intercept", options.fit_intercept);
  options.class_weight = class_weight(in);
  options.tol = in.number("tol", options.tol, smallest, 1.0);
  options.max_iter = static_cast<int>(in.integer("max_iter", options.max_iter, 1, 1'000'000));
  return options;
}

DecisionTreeOptions decision_tree_options(ParameterReader& in, std::uint64_t seed) {
  return tree_options(in, seed, {});
}

RandomForestOptions random_forest_options(ParameterReader& in, std::uint64_t seed) {
  RandomForestOptions options;
  options.n_estimators = static_cast<int>(in.integer("n_estimators", 100, 1, 100'000));
  options.bootstrap = in.boolean("bootstrap", true);
  if (const ParameterValue value = in.value("max_samples", std::string("none")); !is_none(value))
    options.max_samples = count_or_share(in, "max_samples", 1, 1);
  options.oob_score = in.boolean("oob_score", false);
  options.tree = tree_options(in, seed, options.tree, &options.balanced_subsample);
  return options;
}

}  // namespace cartwheel::pipeline
