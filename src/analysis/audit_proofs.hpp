#pragma once

#include <cartwheel/audit.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/compared_columns.hpp"

namespace cartwheel::analysis {

/// One fold as the data are: what altered data are held against.
struct FoldBaseline {
  static constexpr std::size_t final_fold = std::numeric_limits<std::size_t>::max();

  const AuditSubject& subject;
  const EventLog& log;
  const SessionTable& sessions;
  const Batch& batch;
  std::size_t batch_number = 0;
  std::size_t fold_number = final_fold;
  std::vector<FittedColumns> fitted;    ///< [recipes] of the fold.
  std::vector<FeatureMatrix> training;  ///< [recipes] of its training rows, as AuditSubject::training_features.
  /// [folds][recipes], of a final fold: the extractors of the batch's search folds.
  std::vector<std::vector<std::shared_ptr<const FeatureExtractor>>> of_search_folds;
  std::vector<FittedChoice> choices;  ///< Where models are fitted, too.

  const Fold& fold() const { return fold_of(batch); }
  const Fold& fold_of(const Batch& other) const {
    return fold_number == final_fold ? other.final_fold : other.folds[fold_number];
  }
  std::string fold_name() const;
};

/// One draw of changed data.
struct AuditTrial {
  AuditProof proof = AuditProof::fitted;
  int draw = 0;
  std::int64_t cut = 0;             ///< Nothing later may matter.
  bool models = false;              ///< Fit models and cuts, too.
  std::vector<std::uint32_t> rows;  ///< Proofs B and types: the rows whose features are compared, increasing.
};

/// A difference, and the recipe that it is in.
struct TrialDifference {
  std::size_t recipe = 0;
  Difference difference;
};

/// What differs on the altered log. @param models_fitted  counted up. Empty where the altered data cannot be cut or
/// fitted, `undecided` then says so.
struct TrialResult {
  std::vector<TrialDifference> differences;
  std::uint64_t models_fitted = 0, rows_compared = 0, events_changed = 0;
  bool without_events = false, undecided = false;
};
TrialResult compare_on(const FoldBaseline& baseline, const AuditTrial& trial, const EventLog& altered);

}  // namespace cartwheel::analysis
