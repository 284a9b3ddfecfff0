#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

/// Metrics of binary classification, with scikit-learn's definitions. `y` holds labels 0 or 1, `score` finite numbers,
/// of equal length in [1, 2^32]; DataError otherwise, naming the row. A ratio 0/0 is 0; a metric that one class alone
/// leaves undefined is empty. No result is ever NaN, and none depends on the number of threads.
namespace [[gnu::visibility("default")]] cartwheel {

/// The cut of plain predictions. A row is a "yes" where score >= cut. This is the next double after 0.5, so P = 0.5 is
/// a "no", as in scikit-learn's predict.
inline constexpr double default_threshold = 0.5 + std::numeric_limits<double>::epsilon() / 2;

struct Confusion {
  std::uint64_t true_negative = 0, false_positive = 0, false_negative = 0, true_positive = 0;

  std::uint64_t total() const { return true_negative + false_positive + false_negative + true_positive; }
  double precision() const;
  double recall() const;
  double f1() const { return f_beta(1.0); }
  /// (1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP). @param beta  (0, 1000]. @throws ParameterError beyond.
  double f_beta(double beta) const;
  double accuracy() const;
  friend bool operator==(const Confusion&, const Confusion&) = default;
};
/// @param threshold  any number but NaN (DataError).
Confusion confusion(std::span<const std::uint8_t> y, std::span<const double> score, double threshold);

/// Area under the precision-recall step curve: sum of (recall step) * precision over distinct scores. 0 without
/// positives.
double average_precision(std::span<const std::uint8_t> y, std::span<const double> score);
/// P(score of a positive > that of a negative) + P(equal) / 2; empty if one class is missing.
std::optional<double> roc_auc(std::span<const std::uint8_t> y, std::span<const double> score);
/// Mean of -log P(the true label), with P clipped to [2^-52, 1 - 2^-52], as scikit-learn does for doubles.
/// @param probability  each in [0, 1].
double log_loss(std::span<const std::uint8_t> y, std::span<const double> probability);
/// Mean of (probability - y)^2.
double brier_score(std::span<const std::uint8_t> y, std::span<const double> probability);

}  // namespace cartwheel
