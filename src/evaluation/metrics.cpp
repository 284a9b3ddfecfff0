#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/metrics.hpp>
#include <cmath>
#include <vector>

#include "core/math.hpp"
#include "core/tile_sum.hpp"
#include "evaluation/labelled_scores.hpp"

namespace cartwheel {
namespace {

double as_double(std::uint64_t count) { return static_cast<double>(count); }

/// 0/0 is 0.
double ratio(double numerator, double denominator) { return denominator == 0.0 ? 0.0 : numerator / denominator; }

}  // namespace

double Confusion::precision() const {
  return ratio(as_double(true_positive), as_double(true_positive + false_positive));
}

double Confusion::recall() const { return ratio(as_double(true_positive), as_double(true_positive + false_negative)); }

double Confusion::f_beta(double beta) const {
  if (!(beta > 0.0 && beta <= 1000.0))
    throw ParameterError(fmt::format("beta of F-beta is {}; it must be above 0 and at most 1000", beta));
  // Of counts, and divided once: two cuts with equal F get equal bits, so ties between cuts are seen.
  const double square = beta * beta;
  const double hits = (1.0 + square) * as_double(true_positive);
  return ratio(hits, hits + square * as_double(false_negative) + as_double(false_positive));
}

double Confusion::accuracy() const { return ratio(as_double(true_positive + true_negative), as_double(total())); }

Confusion confusion(std::span<const std::uint8_t> y, std::span<const double> score, double threshold) {
  evaluation::check_scores(y, score);
  if (std::isnan(threshold)) throw DataError("the threshold is not a number");
  Confusion counts;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const bool yes = score[i] >= threshold;
    counts.true_negative += y[i] == 0 && !yes;
    counts.false_positive += y[i] == 0 && yes;
    counts.false_negative += y[i] == 1 && !yes;
    counts.true_positive += y[i] == 1 && yes;
  }
  return counts;
}

double average_precision(std::span<const std::uint8_t> y, std::span<const double> score) {
  evaluation::check_scores(y, score);
  std::vector<double> steps;
  std::uint64_t true_positive = 0, yes = 0;
  for (const evaluation::ScoreGroup& group : evaluation::group_by_score(y, score)) {
    true_positive += group.positives;
    yes += group.positives + group.negatives;
    steps.push_back(as_double(group.positives) * (as_double(true_positive) / as_double(yes)));
  }
  return ratio(core::add_pairwise(steps), as_double(true_positive));
}

std::optional<double> roc_auc(std::span<const std::uint8_t> y, std::span<const double> score) {
  evaluation::check_scores(y, score);
  // Twice the pairs that are in order (a tie is half a pair): at most 2^63, because there are at most 2^32 rows.
  std::uint64_t in_order_twice = 0;
  std::uint64_t positives = 0, negatives = 0;
  for (const evaluation::ScoreGroup& group : evaluation::group_by_score(y, score)) {
    in_order_twice += group.negatives * (2 * positives + group.positives);
    positives += group.positives;
    negatives += group.negatives;
  }
  if (positives == 0 || negatives == 0) return {};
  return as_double(in_order_twice) / as_double(2 * positives * negatives);
}

double log_loss(std::span<const std::uint8_t> y, std::span<const double> probability) {
  evaluation::check_probabilities(y, probability);
  constexpr double clip = std::numeric_limits<double>::epsilon();
  const double sum = core::tile_sum(y.size(), [&](std::size_t i) {
    const double p = std::clamp(probability[i], clip, 1.0 - clip);
    return y[i] == 1 ? -core::log(p) : -core::log1p(-p);
  });
  return sum / as_double(y.size());
}

double brier_score(std::span<const std::uint8_t> y, std::span<const double> probability) {
  evaluation::check_probabilities(y, probability);
  const double sum = core::tile_sum(y.size(), [&](std::size_t i) {
    const double error = probability[i] - static_cast<double>(y[i]);
    return error * error;
  });
  return sum / as_double(y.size());
}

}  // namespace cartwheel
