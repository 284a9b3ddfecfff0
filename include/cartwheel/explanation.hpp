#pragma once

#include <cartwheel/pipeline.hpp>
#include <cartwheel/session_events.hpp>
#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Why a session got its score.
namespace [[gnu::visibility("default")]] cartwheel {

/// What one column of the model has to do with one session's probability.
struct FeatureContribution {
  std::string feature;          ///< A column of the model: the extractor's name of it, or what a step made ("pca_1").
  std::optional<double> value;  ///< As the extractor gives it; nothing where missing, or no column of the extractor's.
  std::string words;            ///< What the value says of the session, such as "looked at one brand only".
  double points = 0.0;          ///< In probability: Explanation::base and all points add up to the probability.
  /// Logistic regression and naive Bayes: the column's exact share of the model's log-odds; nothing for trees.
  std::optional<double> log_odds;
};

/// The session as it would have been if one event of its window had been another.
struct EventChange {
  enum class What : std::uint8_t { price, time, product };
  What what = What::time;
  std::size_t event = 0;  ///< Place in the window, from 0.
  SessionEvent before, after;
  double probability = 0.0;
  bool decision = false;
};

struct ExplainOptions {
  std::size_t products = 200;  ///< [0, 10000]: the most viewed products that are tried in the place of each event's.
  /// [1, 1000000]: changes tried at most; a window of many events is given fewer products each.
  std::size_t changes = 10'000;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

struct Explanation {
  std::string session;
  std::int64_t start = 0;
  std::vector<SessionEvent> window;
  double training_base_rate = 0.0;  ///< Share of positives among the training rows.
  double base = 0.0;                ///< P of a session of which the model knows nothing yet: where the points begin.
  double probability = 0.0, threshold = 0.0;
  bool decision = false;
  std::optional<bool> label;                       ///< Nothing where the log ends before it is known.
  std::optional<double> base_log_odds;             ///< Logistic regression and naive Bayes: where the log-odds begin.
  std::vector<FeatureContribution> contributions;  ///< The largest first; columns that say nothing are left out.
  /// The nearest change of one event that moves the decision; where none does, the one that comes closest to it, with
  /// `decision` as before. Nothing where no change could be tried.
  std::optional<EventChange> change;
  std::size_t changes_tried = 0;
};

/// Explains one session.
///
/// Contributions. Trees: exact SHAP values (see shap_values). Logistic regression: coefficient times distance from the
/// column's training mean, the linear model's SHAP values; base is the log-odds at the means. Naive Bayes: log P(bit |
/// y = 1) - log P(bit | y = 0); base is the prior. Log-odds become points along the straight way from base to
/// prediction (Aumann and Shapley; M. Sundararajan et al., "Axiomatic Attribution for Deep Networks", 2017): each in
/// proportion to its log-odds; so do SHAP values where steps correct probabilities (calibration, resample).
///
/// Changes. One event of the window at another time (its pause from half a second to 25 minutes, the order kept), at
/// another price (a quarter to four times), or of another product of the log with what the log last said of it up to
/// the window's end (those of the window, and the most viewed). Nearest is, first, the change of a time or price with
/// the smaller ratio, then of a product: of the window's, then the more viewed; of equals the earlier event's.
/// The same for any number of threads.
/// @throws DataError for a row that is not there, or a pipeline that was fitted on a table; ParameterError.
Explanation explain_session(const Pipeline& pipeline, const SessionTable& sessions, std::uint32_t row,
                            const ExplainOptions& options = {});

}  // namespace cartwheel
