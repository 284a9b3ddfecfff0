#include "linear/logistic_options.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>

namespace cartwheel::linear {

namespace {

constexpr double smallest_c = 1e-100, largest_c = 1e100;

struct PenaltyShares {
  double l1, l2;
};

PenaltyShares shares_of(const LogisticRegressionOptions& options) {
  switch (options.penalty) {
    case Penalty::l1:
      return {1.0, 0.0};
    case Penalty::l2:
      return {0.0, 1.0};
    case Penalty::elasticnet:
      return {options.l1_ratio, 1.0 - options.l1_ratio};
    case Penalty::none:
      break;
  }
  return {0.0, 0.0};
}

}  // namespace

void check_options(const LogisticRegressionOptions& options) {
  const auto require = [](bool holds, std::string_view name, auto value, std::string_view range) {
    if (!holds) throw ParameterError(fmt::format("{} is {}; it must be in {}", name, value, range));
  };
  if (options.penalty != Penalty::none)
    require(options.C >= smallest_c && options.C <= largest_c, "C", options.C, "[1e-100, 1e100]");
  if (options.penalty == Penalty::elasticnet)
    require(options.l1_ratio >= 0.0 && options.l1_ratio <= 1.0, "l1_ratio", options.l1_ratio, "[0, 1]");
  require(options.tol > 0.0 && options.tol <= 1.0, "tol", options.tol, "(0, 1]");
  require(options.max_iter >= 1 && options.max_iter <= 1'000'000, "max_iter", options.max_iter, "[1, 1000000]");
  if (options.standard_errors &&
      (options.penalty != Penalty::none || options.class_weight.rule != ClassWeight::Rule::none))
    throw ParameterError("standard_errors is set; it needs penalty none, and no class_weight");
  if (options.class_weight.rule == ClassWeight::Rule::given)
    for (const double weight : options.class_weight.weights)
      require(weight >= smallest_c && weight <= largest_c, "class_weight", weight, "[1e-100, 1e100]");
}

std::array<double, 2> class_factors(const ClassWeight& rule, const std::array<double, 2>& totals) {
  switch (rule.rule) {
    case ClassWeight::Rule::none:
      return {1.0, 1.0};
    case ClassWeight::Rule::given:
      return rule.weights;
    case ClassWeight::Rule::balanced:
      break;
  }
  const double all = totals[0] + totals[1];
  return {all / (2.0 * totals[0]), all / (2.0 * totals[1])};
}

PenaltyWeights penalty_weights(const Design& design, const LogisticRegressionOptions& options, double strength) {
  const PenaltyShares shares = shares_of(options);
  PenaltyWeights weights{std::vector(design.size(), 0.0), std::vector(design.size(), 0.0)};
  for (std::size_t j = 0; j < design.columns(); ++j) {
    const double scale = design.scale[j];
    weights.l1[j] = shares.l1 * strength / scale;
    weights.l2[j] = shares.l2 * strength / (scale * scale);
  }
  return weights;
}

}  // namespace cartwheel::linear
