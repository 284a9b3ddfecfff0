#include "analysis/audit_proofs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/error.hpp>

#include "core/bytes.hpp"

namespace cartwheel::analysis {
namespace {

template <class Written>
std::string bytes_of(const Written& object) {
  core::ByteWriter out;
  object.write(out);
  return out.bytes();
}

std::span<const std::uint32_t> first_of(const std::vector<std::uint32_t>& rows, std::size_t n) {
  return std::span(rows).first(std::min(n, rows.size()));
}

/// Collects what differs on one altered table.
class Comparison {
 public:
  Comparison(const FoldBaseline& baseline, const AuditTrial& trial, const SessionTable& altered, TrialResult& result)
      : base_(baseline), trial_(trial), altered_(altered), result_(result) {}

  void run() {
    switch (trial_.proof) {
      case AuditProof::fitted:
        return fitted();
      case AuditProof::training:
        return features_of_training();
      case AuditProof::features:
      case AuditProof::types:
        return features();
    }
  }

 private:
  void note(std::size_t recipe, std::optional<Difference> difference) {
    if (difference) result_.differences.push_back({recipe, std::move(*difference)});
  }

  const Batch& altered_batch() {
    if (batches_.empty()) batches_ = base_.subject.split(altered_);
    if (batches_.size() <= base_.batch_number) throw DataError("the altered log has fewer batches");
    return batches_[base_.batch_number];
  }

  /// Proof A.
  void fitted() {
    const Fold &before = base_.fold(), &after = base_.fold_of(altered_batch());
    result_.rows_compared += before.train_rows.size();
    if (auto rows = compare_rows(base_.sessions, before.train_rows, altered_, after.train_rows, "training row"))
      return note(0, std::move(rows));
    const std::vector<FittedColumns> now = base_.subject.fit(altered_, after);
    for (std::size_t recipe = 0; recipe < now.size(); ++recipe) compare_fit(recipe, now[recipe]);
    for (std::size_t f = 0; f < base_.of_search_folds.size(); ++f) choice_rows(f);
    if (trial_.models) models();
  }

  void compare_fit(std::size_t recipe, const FittedColumns& now) {
    const FittedColumns& before = base_.fitted[recipe];
    const std::vector<std::uint32_t>& rows = base_.fold().train_rows;
    if (auto columns = compare_columns(before.features, now.features, base_.sessions, rows, "training row"))
      return note(recipe, std::move(columns));
    if (bytes_of(*before.extractor) != bytes_of(*now.extractor)) return note(recipe, learned(before, now));
    for (std::size_t s = 0; s < before.steps.size(); ++s)
      if (bytes_of(*before.steps[s]) != bytes_of(*now.steps[s])) return note(recipe, step_differs(before, now, s));
    note(recipe, compare_columns(before.input.x, now.input.x, base_.sessions, {}, "training row after the steps"));
  }

  /// The extractor has other bytes: which columns of the rows that come after show it?
  std::optional<Difference> learned(const FittedColumns& before, const FittedColumns& now) const {
    constexpr std::size_t probed = 4096;
    Difference difference{fmt::format("what extractor {} has learned", before.extractor->name()), {}, "", "", ""};
    const auto rows = first_of(base_.fold().validation_rows, probed);
    if (auto columns = compare_columns(before.extractor->transform(base_.sessions, rows),
                                       now.extractor->transform(base_.sessions, rows), base_.sessions, rows, "row")) {
      columns->what = difference.what;
      return columns;
    }
    return difference;
  }

  /// A step has other bytes: which of its columns show it?
  std::optional<Difference> step_differs(const FittedColumns& before, const FittedColumns& now, std::size_t s) const {
    Difference difference{fmt::format("step {}", before.steps[s]->name()), {}, "", "", ""};
    FeatureMatrix a = before.features, b = before.features;
    for (std::size_t i = 0; i <= s; ++i) {
      a = before.steps[i]->transform(a);
      b = now.steps[i]->transform(b);
    }
    if (auto columns = compare_columns(a, b, base_.sessions, {}, "row")) {
      columns->what = difference.what;
      return columns;
    }
    return difference;
  }

  /// Parameters and cut are chosen on these rows: labels, and columns by frozen objects.
  void choice_rows(std::size_t f) {
    const std::vector<std::uint32_t>&before = base_.batch.folds[f].validation_rows,
          &after = altered_batch().folds[f].validation_rows;
    result_.rows_compared += before.size();
    if (auto rows = compare_rows(base_.sessions, before, altered_, after, "validation row"))
      return note(0, std::move(rows));
    const auto& extractors = base_.of_search_folds[f];
    for (std::size_t recipe = 0; recipe < extractors.size(); ++recipe) {
      if (recipe > 0 && extractors[recipe] == extractors[recipe - 1]) continue;
      const FeatureExtractor& extractor = *extractors[recipe];
      note(recipe, compare_columns(extractor.transform(base_.sessions, before), extractor.transform(altered_, after),
                                   base_.sessions, before, "validation row"));
    }
  }

  void models() {
    const std::vector<FittedChoice> now = base_.subject.choose(altered_, altered_batch());
    for (std::size_t m = 0; m < now.size(); ++m) {
      ++result_.models_fitted;
      const FittedChoice& before = base_.choices[m];
      if (bytes_of(*before.pipeline.model) != bytes_of(*now[m].pipeline.model))
        note(0, Difference{"model " + before.model, {}, "", "", ""});
      if (before.pipeline.threshold != now[m].pipeline.threshold || before.out_of_fold != now[m].out_of_fold)
        note(0, Difference{"threshold of " + before.model,
                           {"threshold"},
                           "",
                           fmt::format("{}", before.pipeline.threshold),
                           fmt::format("{}", now[m].pipeline.threshold)});
    }
  }

  /// Proof B, and that of event types.
  void features() {
    std::vector<std::uint32_t> rows_after;
    for (const std::uint32_t row : trial_.rows) {
      const auto found = find_row(altered_, key_of(base_.sessions, row));
      if (!found) return note(0, Difference{"row", {}, base_.sessions.session_name(row), "there", "gone"});
      rows_after.push_back(*found);
    }
    result_.rows_compared += trial_.rows.size();
    for (std::size_t recipe = 0; recipe < base_.fitted.size(); ++recipe) {
      if (recipe > 0 && base_.fitted[recipe].extractor == base_.fitted[recipe - 1].extractor) continue;
      const FeatureExtractor& extractor = *base_.fitted[recipe].extractor;
      note(recipe, compare_columns(extractor.transform(base_.sessions, trial_.rows),
                                   extractor.transform(altered_, rows_after), base_.sessions, trial_.rows, "row"));
    }
  }

  /// Training rows whose window ends by the cut, fitted again: theirs are features as of their start.
  void features_of_training() {
    const Fold& after = base_.fold_of(altered_batch());
    const auto places = [&](const SessionTable& sessions, const std::vector<std::uint32_t>& rows) {
      std::vector<std::uint32_t> early;
      for (std::uint32_t i = 0; i < rows.size(); ++i)
        if (sessions.window_end[rows[i]] <= trial_.cut) early.push_back(i);
      return early;
    };
    const std::vector<std::uint32_t> before_places = places(base_.sessions, base_.fold().train_rows),
                                     after_places = places(altered_, after.train_rows);
    if (before_places.size() != after_places.size()) return;  // rows that come and go are proof A's matter
    std::vector<std::uint32_t> rows;
    for (const std::uint32_t place : before_places) rows.push_back(base_.fold().train_rows[place]);
    result_.rows_compared += rows.size();
    const std::vector<FeatureMatrix> now = base_.subject.training_features(altered_, after);
    for (std::size_t recipe = 0; recipe < now.size(); ++recipe)
      if (base_.training[recipe].columns() > 0)
        note(recipe, compare_columns(base_.training[recipe].select_rows(before_places),
                                     now[recipe].select_rows(after_places), base_.sessions, rows, "training row"));
  }

  const FoldBaseline& base_;
  const AuditTrial& trial_;
  const SessionTable& altered_;
  TrialResult& result_;
  std::vector<Batch> batches_;
};

}  // namespace

std::string FoldBaseline::fold_name() const {
  return fold_number == final_fold ? "final" : fmt::format("fold {}", fold_number + 1);
}

TrialResult compare_on(const FoldBaseline& baseline, const AuditTrial& trial, const EventLog& altered) {
  TrialResult result;
  Account not_of_the_data;
  try {
    const SessionTable sessions = build_sessions(altered, baseline.subject.session_options(), not_of_the_data);
    Comparison(baseline, trial, sessions, result).run();
  } catch (const DataError&) {  // such as a fold of one class: these changes prove nothing either way
    result.undecided = result.differences.empty();
  }
  return result;
}

}  // namespace cartwheel::analysis
