#include <fmt/format.h>

#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/threshold.hpp>
#include <cmath>
#include <vector>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "core/tile_sum.hpp"
#include "evaluation/labelled_scores.hpp"
#include "evaluation/multinomial.hpp"

namespace cartwheel {
namespace {

using evaluation::ScoreGroup;

Confusion confusion_of(const std::vector<ScoreGroup>& groups, double threshold) {
  Confusion counts;
  for (const ScoreGroup& group : groups) {
    const bool yes = group.score >= threshold;
    (yes ? counts.true_positive : counts.false_negative) += group.positives;
    (yes ? counts.false_positive : counts.true_negative) += group.negatives;
  }
  return counts;
}

/// Standard deviation of F(tuned cut) - F(default cut) over bootstrap samples of the rows. Two cuts part the scores
/// into three stretches, so a row is one of six kinds (stretch, label), and a sample of rows is a draw of six counts.
double standard_error_of_difference(const std::vector<ScoreGroup>& groups, double tuned,
                                    const ThresholdOptions& options) {
  const double high = std::max(tuned, default_threshold), low = std::min(tuned, default_threshold);
  std::array<std::uint64_t, 6> cells{};  // positives above, between, below; negatives likewise
  for (const ScoreGroup& group : groups) {
    const std::size_t stretch = group.score >= high ? 0 : group.score >= low ? 1 : 2;
    cells[stretch] += group.positives;
    cells[3 + stretch] += group.negatives;
  }
  std::vector<double> difference(static_cast<std::size_t>(options.bootstrap_draws));
  core::parallel_for(difference.size(), [&](std::size_t draw) {
    core::RandomStream random(options.seed, core::RandomPurpose::threshold_bootstrap, static_cast<std::uint32_t>(draw));
    std::array<std::uint64_t, 6> n{};
    evaluation::draw_multinomial(random, cells, n);
    const Confusion at_high{n[4] + n[5], n[3], n[1] + n[2], n[0]};
    const Confusion at_low{n[5], n[3] + n[4], n[2], n[0] + n[1]};
    difference[draw] = at_high.f_beta(options.beta) - at_low.f_beta(options.beta);
  });
  const auto draws = static_cast<double>(difference.size());
  const double mean = core::tile_sum(difference.size(), [&](std::size_t i) { return difference[i]; }) / draws;
  const double squares = core::tile_sum(difference.size(), [&](std::size_t i) {
    const double deviation = difference[i] - mean;
    return deviation * deviation;
  });
  return std::sqrt(squares / (draws - 1.0));
}

}  // namespace

void ThresholdOptions::check() const {
  if (!(beta > 0.0 && beta <= 1000.0))
    throw ParameterError(fmt::format("beta of the threshold is {}; it must be above 0 and at most 1000", beta));
  if (bootstrap_draws < 10 || bootstrap_draws > 100'000)
    throw ParameterError(fmt::format("bootstrap_draws is {}; it must be in [10, 100000]", bootstrap_draws));
}

ThresholdChoice tune_threshold(std::span<const std::uint8_t> y, std::span<const double> score,
                               const ThresholdOptions& options) {
  options.check();
  evaluation::check_scores(y, score);
  const std::vector<ScoreGroup> groups = evaluation::group_by_score(y, score);

  ThresholdChoice choice;
  choice.default_f = confusion_of(groups, default_threshold).f_beta(options.beta);
  Confusion counts = confusion_of(groups, std::numeric_limits<double>::infinity());  // all rows are a "no" so far
  for (const ScoreGroup& group : groups) {
    counts.true_positive += group.positives;
    counts.false_negative -= group.positives;
    counts.false_positive += group.negatives;
    counts.true_negative -= group.negatives;
    const double f = counts.f_beta(options.beta);
    if (f > choice.tuned_f) {
      choice.tuned_f = f;
      choice.tuned_threshold = group.score;
    }
  }
  choice.threshold = choice.tuned_threshold;
  if (!options.guard || choice.tuned_threshold == default_threshold) return choice;

  choice.standard_error = standard_error_of_difference(groups, choice.tuned_threshold, options);
  // A default cut without a single hit is no safe choice to fall back on: it answers "no" to every buyer.
  if (choice.default_f > 0.0 && choice.tuned_f - choice.default_f <= choice.standard_error) {
    choice.threshold = default_threshold;
    choice.guard_held = true;
  }
  return choice;
}

}  // namespace cartwheel
