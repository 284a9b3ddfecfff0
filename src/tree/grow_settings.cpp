#include "tree/grow_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/math.hpp"

namespace cartwheel::tree {
namespace {

constexpr double smallest_weight = 1e-30, largest_weight = 1e30;
constexpr std::int64_t no_limit = std::numeric_limits<std::uint32_t>::max();

template <class T>
[[noreturn]] void refuse(std::string_view name, T value, std::string_view range) {
  throw ParameterError(fmt::format("{} is {}; it must be {}", name, value, range));
}

void check_count(std::string_view name, const CountOrShare& value, std::int64_t least) {
  if (value.share == 0.0 && value.count < least)
    refuse(name, value.count, fmt::format("at least {}, or a share of the rows in (0, 1]", least));
  if (!(value.share >= 0.0 && value.share <= 1.0))
    refuse(name, value.share, fmt::format("a share of the rows in (0, 1], or a count of at least {}", least));
}

void check_max_features(const MaxFeatures& value) {
  if (value.rule == MaxFeatures::Rule::count && value.count < 1)
    refuse("max_features", value.count, "in [1, columns], or a share of the columns in (0, 1]");
  if (value.rule == MaxFeatures::Rule::share && !(value.share > 0.0 && value.share <= 1.0))
    refuse("max_features", value.share, "a share of the columns in (0, 1], or a count in [1, columns]");
}

/// scikit-learn's rule for a share: rounded up, and at least the least count.
std::uint32_t resolve_count(const CountOrShare& value, std::int64_t least, std::uint32_t rows) {
  if (value.share == 0.0) return static_cast<std::uint32_t>(std::min(value.count, no_limit));
  return static_cast<std::uint32_t>(std::max(static_cast<double>(least), std::ceil(value.share * rows)));
}

std::uint32_t resolve_max_features(const MaxFeatures& value, std::size_t columns) {
  const auto at_least_one = [](double count) { return static_cast<std::uint32_t>(std::max(1.0, std::floor(count))); };
  switch (value.rule) {
    case MaxFeatures::Rule::sqrt:
      return at_least_one(std::sqrt(static_cast<double>(columns)));
    case MaxFeatures::Rule::log2:
      return std::max(1u, static_cast<std::uint32_t>(std::bit_width(columns)) - 1);
    case MaxFeatures::Rule::share:
      return at_least_one(value.share * static_cast<double>(columns));
    case MaxFeatures::Rule::count:
      if (static_cast<std::uint64_t>(value.count) > columns)
        refuse("max_features", value.count, fmt::format("at most {}, the number of columns", columns));
      return static_cast<std::uint32_t>(value.count);
    case MaxFeatures::Rule::all:
      break;
  }
  return static_cast<std::uint32_t>(columns);
}

ImpurityRule rule_of(Criterion criterion, double negative, double positive) {
  if (negative == positive) return {criterion, 1.0, 1.0};
  // A power of two changes no digit: the greater factor comes into [1, 2).
  const auto exponent = static_cast<int>(core::math_detail::bits_of(std::max(negative, positive)) >> 52) - 1023;
  const double scale = core::math_detail::power_of_two(-exponent);
  return {criterion, negative * scale, positive * scale};
}

}  // namespace

template <class C>
ImpurityRule balanced_rule(Criterion criterion, C training) {
  if (training.positives == 0 || training.negatives() == 0) return {criterion, 1.0, 1.0};
  // n / (2 * n_0) to n / (2 * n_1) is n_1 to n_0, which is exact: balanced ties stay ties.
  return rule_of(criterion, static_cast<double>(training.positives), static_cast<double>(training.negatives()));
}

template ImpurityRule balanced_rule(Criterion, Counts);
template ImpurityRule balanced_rule(Criterion, WeightedCounts);

void check_options(const DecisionTreeOptions& options) {
  if (options.max_depth < 0 || options.max_depth > 1000)
    refuse("max_depth", options.max_depth, "in [0, 1000], where 0 means unlimited");
  check_count("min_samples_split", options.min_samples_split, 2);
  check_count("min_samples_leaf", options.min_samples_leaf, 1);
  check_max_features(options.max_features);
  if (!(options.min_impurity_decrease >= 0.0 && std::isfinite(options.min_impurity_decrease)))
    refuse("min_impurity_decrease", options.min_impurity_decrease, "a number of at least 0");
  if (options.max_bins < 2 || options.max_bins > 65'535) refuse("max_bins", options.max_bins, "in [2, 65535]");
  if (options.class_weight.rule == ClassWeight::Rule::given)
    for (const double weight : options.class_weight.weights)
      if (!(weight >= smallest_weight && weight <= largest_weight))
        refuse("class_weight", weight, "in [1e-30, 1e30] for each class");
}

ImpurityRule make_impurity_rule(Criterion criterion, const ClassWeight& class_weight, Counts training) {
  if (class_weight.rule == ClassWeight::Rule::given)
    return rule_of(criterion, class_weight.weights[0], class_weight.weights[1]);
  if (class_weight.rule == ClassWeight::Rule::balanced) return balanced_rule(criterion, training);
  return {criterion, 1.0, 1.0};
}

GrowSettings make_grow_settings(const DecisionTreeOptions& options, Counts training, std::size_t columns) {
  check_options(options);
  GrowSettings settings;
  settings.impurity = make_impurity_rule(options.criterion, options.class_weight, training);
  settings.max_depth = options.max_depth == 0 ? std::numeric_limits<std::uint32_t>::max()
                                              : static_cast<std::uint32_t>(options.max_depth);
  settings.min_samples_split = resolve_count(options.min_samples_split, 2, training.rows);
  settings.min_samples_leaf = resolve_count(options.min_samples_leaf, 1, training.rows);
  settings.max_features = resolve_max_features(options.max_features, columns);
  settings.min_impurity_decrease = options.min_impurity_decrease;
  settings.seed = options.seed;
  return settings;
}

}  // namespace cartwheel::tree
