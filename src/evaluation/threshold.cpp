#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/threshold.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "core/tile_sum.hpp"
#include "evaluation/cut_goal.hpp"
#include "evaluation/labelled_scores.hpp"
#include "evaluation/multinomial.hpp"

namespace cartwheel {
namespace {

using evaluation::goal_value;
using evaluation::GoalValue;
using evaluation::ScoreGroup;

/// The streams of random numbers of one seed and draw.
constexpr std::uint64_t path_of_guard = 0, path_of_interval = 1;

/// value(counts drawn) for each bootstrap sample of the rows, which are of so many kinds as there are cells.
template <std::size_t kinds, class Value>
std::vector<double> bootstrap(const std::array<std::uint64_t, kinds>& cells, std::uint64_t path,
                              const ThresholdOptions& options, const Value& value) {
  std::vector<double> values(static_cast<std::size_t>(options.bootstrap_draws));
  core::parallel_for(values.size(), [&](std::size_t draw) {
    core::RandomStream random(options.seed, core::RandomPurpose::threshold_bootstrap, static_cast<std::uint32_t>(draw),
                              path);
    std::array<std::uint64_t, kinds> n{};
    evaluation::draw_multinomial(random, cells, n);
    values[draw] = value(n);
  });
  return values;
}

double standard_deviation(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = core::tile_sum(values.size(), [&](std::size_t i) { return values[i]; }) / n;
  const double squares = core::tile_sum(values.size(), [&](std::size_t i) {
    const double deviation = values[i] - mean;
    return deviation * deviation;
  });
  return std::sqrt(squares / (n - 1.0));
}

/// Standard deviation of value(tuned cut) - value(default cut) over bootstrap samples of the rows. Two cuts part the
/// scores into three stretches, so a row is one of six kinds (stretch, label), and a sample of rows is a draw of six
/// counts.
double standard_error_of_difference(const std::vector<ScoreGroup>& groups, double tuned,
                                    const ThresholdOptions& options) {
  const double high = std::max(tuned, default_threshold), low = std::min(tuned, default_threshold);
  std::array<std::uint64_t, 6> cells{};  // positives above, between, below; negatives likewise
  for (const ScoreGroup& group : groups) {
    const std::size_t stretch = group.score >= high ? 0 : group.score >= low ? 1 : 2;
    cells[stretch] += group.positives;
    cells[3 + stretch] += group.negatives;
  }
  return standard_deviation(bootstrap(cells, path_of_guard, options, [&](const std::array<std::uint64_t, 6>& n) {
    const Confusion at_high{n[4] + n[5], n[3], n[1] + n[2], n[0]};
    const Confusion at_low{n[5], n[3] + n[4], n[2], n[0] + n[1]};
    return goal_value(at_high, options).value - goal_value(at_low, options).value;
  }));
}

struct BestCut {
  double threshold;
  GoalValue value;
};

BestCut best_cut(const std::vector<ScoreGroup>& groups, const ThresholdOptions& options) {
  Confusion counts =
      evaluation::confusion_of(groups, std::numeric_limits<double>::infinity());  // all are a "no" so far
  BestCut best{default_threshold, goal_value(counts, options)};
  bool all_no_is_best = true;
  for (const ScoreGroup& group : groups) {
    counts.true_positive += group.positives;
    counts.false_negative -= group.positives;
    counts.false_positive += group.negatives;
    counts.true_negative -= group.negatives;
    const GoalValue value = goal_value(counts, options);
    if (is_better(value, best.value)) {
      best = {group.score, value};
      all_no_is_best = false;
    }
  }
  const double highest = groups.front().score;
  if (all_no_is_best && options.goal == ThresholdGoal::profit && highest >= default_threshold)
    best.threshold = std::nextafter(highest, std::numeric_limits<double>::infinity());
  return best;
}

void check_share(const char* name, double share) {
  if (!(share > 0.0 && share <= 1.0))
    throw ParameterError(fmt::format("{} of the threshold is {}; it must be above 0 and at most 1", name, share));
}

}  // namespace

void ThresholdOptions::check() const {
  name_of(goal);
  if (!(beta > 0.0 && beta <= 1000.0))
    throw ParameterError(fmt::format("beta of the threshold is {}; it must be above 0 and at most 1000", beta));
  check_share("recall", recall);
  check_share("precision", precision);
  for (const double value : {profit.true_negative, profit.false_positive, profit.false_negative, profit.true_positive})
    if (!(std::fabs(value) <= 1e100))
      throw ParameterError(fmt::format("the profit matrix has {}; each must be in [-1e100, 1e100]", value));
  if (bootstrap_draws < 10 || bootstrap_draws > 100'000)
    throw ParameterError(fmt::format("bootstrap_draws is {}; it must be in [10, 100000]", bootstrap_draws));
  if (!(confidence >= 0.5 && confidence <= 0.999))
    throw ParameterError(fmt::format("confidence of the threshold is {}; it must be in [0.5, 0.999]", confidence));
}

ThresholdChoice tune_threshold(std::span<const std::uint8_t> y, std::span<const double> score,
                               const ThresholdOptions& options) {
  options.check();
  evaluation::check_scores(y, score);
  const std::vector<ScoreGroup> groups = evaluation::group_by_score(y, score);

  const GoalValue at_default = goal_value(evaluation::confusion_of(groups, default_threshold), options);
  const BestCut best = best_cut(groups, options);
  ThresholdChoice choice{best.threshold, best.threshold, best.value.value, at_default.value, 0.0, false};
  if (!options.guard || best.threshold == default_threshold) return choice;

  choice.standard_error = standard_error_of_difference(groups, best.threshold, options);
  // A default cut without a single hit is no safe choice to fall back on: it answers "no" to every buyer.
  const bool safe = options.goal == ThresholdGoal::f_beta ? at_default.value > 0.0 : at_default.reached;
  if (safe && best.value.value - at_default.value <= choice.standard_error) {
    choice.threshold = default_threshold;
    choice.guard_held = true;
  }
  return choice;
}

CutValue value_of_cut(std::span<const std::uint8_t> y, std::span<const double> score, double threshold,
                      const ThresholdOptions& options) {
  options.check();
  const Confusion counts = confusion(y, score, threshold);
  const std::array<std::uint64_t, 4> cells{counts.true_negative, counts.false_positive, counts.false_negative,
                                           counts.true_positive};
  std::vector<double> values = bootstrap(cells, path_of_interval, options, [&](const std::array<std::uint64_t, 4>& n) {
    return goal_value({n[0], n[1], n[2], n[3]}, options).value;
  });
  std::ranges::sort(values);
  const auto outside = static_cast<std::size_t>((1.0 - options.confidence) / 2.0 * static_cast<double>(values.size()));
  const GoalValue value = goal_value(counts, options);
  return {value.value, value.reached, values[outside], values[values.size() - 1 - outside]};
}

}  // namespace cartwheel
