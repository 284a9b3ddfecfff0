#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/audit.hpp>
#include <cartwheel/error.hpp>
#include <numeric>
#include <set>
#include <unordered_set>

#include "analysis/audit_notes.hpp"
#include "analysis/audit_proofs.hpp"
#include "analysis/changed_events.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "core/time.hpp"
#include "selection/progress_meter.hpp"

namespace cartwheel {
namespace {

using namespace analysis;

/// A number for each draw of each fold, so that no two draw the same changes.
std::uint32_t number_of(const FoldBaseline& base, const AuditTrial& trial) {
  const auto fold = static_cast<std::uint32_t>(base.fold_number + 1);  // the final one is 0
  core::RandomStream name(static_cast<std::uint64_t>(trial.draw), core::RandomPurpose::audit, fold,
                          base.batch_number * 8 + static_cast<std::uint64_t>(trial.proof));
  return name.next_word();
}

core::RandomStream stream_of(const FoldBaseline& base, const AuditTrial& trial, const AuditOptions& options) {
  return {options.seed, core::RandomPurpose::audit, number_of(base, trial),
          2 + static_cast<std::uint64_t>(trial.proof)};
}

std::vector<std::uint32_t> rows_of(const Fold& fold) {
  std::vector<std::uint32_t> rows = fold.train_rows;
  rows.insert(rows.end(), fold.validation_rows.begin(), fold.validation_rows.end());
  std::ranges::sort(rows);
  return rows;
}

/// Proof B: the cut is the end of some row's window, a training row's and a later one's in turn; compared are the rows
/// that end last by then.
void choose_rows(const FoldBaseline& base, const AuditOptions& options, AuditTrial& trial) {
  core::RandomStream random = stream_of(base, trial, options);
  const auto& side = trial.draw % 2 == 0 ? base.fold().train_rows : base.fold().validation_rows;
  trial.cut = base.sessions.window_end[side[random.below(static_cast<std::uint32_t>(side.size()))]];
  std::vector<std::uint32_t> rows = rows_of(base.fold());
  std::erase_if(rows, [&](std::uint32_t row) { return base.sessions.window_end[row] > trial.cut; });
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [&](std::uint32_t row) { return base.sessions.window_end[row]; });
  rows.resize(std::min(rows.size(), options.rows));
  std::ranges::sort(rows);
  trial.rows = std::move(rows);
}

/// Training rows as of their start: the cut is the end of one's window.
void choose_cut_in_training(const FoldBaseline& base, const AuditOptions& options, AuditTrial& trial) {
  core::RandomStream random = stream_of(base, trial, options);
  const std::vector<std::uint32_t>& rows = base.fold().train_rows;
  trial.cut = base.sessions.window_end[rows[random.below(static_cast<std::uint32_t>(rows.size()))]];
  trial.rows = rows;
}

/// Proof of event types: rows of different users, because what one session shows may be another's history.
void choose_users(const FoldBaseline& base, const AuditOptions& options, AuditTrial& trial) {
  constexpr std::size_t most = 512;
  core::RandomStream random = stream_of(base, trial, options);
  const std::vector<std::uint32_t> rows = rows_of(base.fold());
  std::unordered_set<Code> users;
  std::set<std::uint32_t> chosen;
  for (std::size_t i = 0; i < 2 * most && chosen.size() < std::min(most, options.rows); ++i) {
    const std::uint32_t row = rows[random.below(static_cast<std::uint32_t>(rows.size()))];
    const Code user = base.sessions.user[row];
    if (user != missing_code && users.insert(user).second) chosen.insert(row);
  }
  trial.rows.assign(chosen.begin(), chosen.end());
}

/// Other types for the events of these windows.
std::vector<ChangedEvent> change_types(const FoldBaseline& base, const AuditTrial& trial, std::uint64_t seed) {
  core::RandomStream random(seed, core::RandomPurpose::audit, number_of(base, trial), 8);
  const EventLog& log = base.log;
  const bool named = log.sessions().size() > 1;
  const std::span<const Code> owners = named ? log.session() : log.user();
  std::vector<std::uint32_t> row_of(named ? log.sessions().size() : log.users().size(), UINT32_MAX);
  for (const std::uint32_t row : trial.rows) row_of[named ? base.sessions.session[row] : base.sessions.user[row]] = row;
  std::vector<ChangedEvent> changes;
  constexpr EventType types[] = {EventType::view, EventType::cart, EventType::remove_from_cart, EventType::purchase};
  for (std::uint64_t i = 0; i < log.size(); ++i) {
    const std::uint32_t row = row_of[owners[i]];
    const std::int64_t time = log.time()[i];
    if (row == UINT32_MAX || time < base.sessions.start[row] || time > base.sessions.window_end[row]) continue;
    Event event = log.event(i);
    event.type = types[random.below(4)];
    if (event.type != log.type()[i]) changes.push_back({i, AuditChange::types, event});
  }
  return changes;
}

std::vector<ChangedEvent> changes_of(const FoldBaseline& base, const AuditTrial& trial, const AuditOptions& options) {
  if (trial.proof == AuditProof::types) return change_types(base, trial, options.seed);
  return draw_changes(base.log, trial.cut, trial.proof == AuditProof::training, options.seed, number_of(base, trial));
}

std::vector<AuditTrial> trials_of(const FoldBaseline& base, const AuditOptions& options) {
  std::vector<AuditTrial> trials;
  for (int draw = 0; draw < options.draws; ++draw) {
    const bool models = !base.choices.empty() && draw < options.model_draws;
    trials.push_back({AuditProof::fitted, draw, base.fold().train_end, models, {}});
    trials.push_back({AuditProof::features, draw, 0, false, {}});
    choose_rows(base, options, trials.back());
    trials.push_back({AuditProof::training, draw, 0, false, {}});
    choose_cut_in_training(base, options, trials.back());
    if (base.subject.session_options().label == Label::future) continue;
    trials.push_back({AuditProof::types, draw, 0, false, {}});
    choose_users(base, options, trials.back());
  }
  return trials;
}

/// The smallest set of changes, by halving, that still makes the difference.
std::vector<ChangedEvent> minimise(const FoldBaseline& base, const AuditTrial& trial, const std::string& what,
                                   std::vector<ChangedEvent> changes) {
  const auto leaks = [&](std::span<const ChangedEvent> some) {
    const TrialResult result = compare_on(base, trial, changed_log(base.log, some));
    return std::ranges::any_of(result.differences, [&](const TrialDifference& d) { return d.difference.what == what; });
  };
  while (changes.size() > 1) {
    const auto middle = changes.begin() + static_cast<std::ptrdiff_t>(changes.size() / 2);
    std::vector<ChangedEvent> first(changes.begin(), middle), second(middle, changes.end());
    if (leaks(first))
      changes = std::move(first);
    else if (leaks(second))
      changes = std::move(second);
    else
      break;  // it takes some of both
  }
  return changes;
}

/// One audit at work.
class Audit {
 public:
  Audit(const EventLog& log, const AuditSubject& subject, const AuditOptions& options, Account& account)
      : log_(log),
        subject_(subject),
        options_(options),
        sessions_(build_sessions(log, subject.session_options(), account)),
        batches_(subject.split(sessions_)) {}

  AuditReport run() {
    report_.work.recipes = subject_.recipes();
    std::size_t folds = 0;
    for (const Batch& batch : batches_) folds += batch.folds.size() + 1;
    selection::ProgressMeter meter(options_.progress, "auditing folds", folds);
    for (std::size_t b = 0; b < batches_.size(); ++b) audit_batch(b, meter);
    return std::move(report_);
  }

 private:
  void audit_batch(std::size_t b, selection::ProgressMeter& meter) {
    const Batch& batch = batches_[b];
    FoldBaseline final_fold{subject_, log_, sessions_, batch, b, FoldBaseline::final_fold, {}, {}, {}, {}};
    for (std::size_t f = 0; f < batch.folds.size(); ++f) {
      FoldBaseline base{subject_, log_, sessions_, batch, b, f, subject_.fit(sessions_, batch.folds[f]), {}, {}, {}};
      audit_fold(base, meter);
      std::vector<std::shared_ptr<const FeatureExtractor>> extractors;
      for (const FittedColumns& fitted : base.fitted) extractors.push_back(fitted.extractor);
      final_fold.of_search_folds.push_back(std::move(extractors));
    }
    final_fold.fitted = subject_.fit(sessions_, batch.final_fold);
    if (b == 0 && options_.model_draws > 0) final_fold.choices = subject_.choose(sessions_, batch);
    audit_fold(final_fold, meter);
    add_notes(final_fold, options_, report_.notes);
  }

  void audit_fold(FoldBaseline& base, selection::ProgressMeter& meter) {
    ++report_.work.folds;
    base.training = subject_.training_features(sessions_, base.fold());
    const std::vector<AuditTrial> trials = trials_of(base, options_);
    std::vector<TrialResult> results(trials.size());
    core::parallel_for(trials.size(), [&](std::size_t i) {
      meter.check();
      const std::vector<ChangedEvent> changes = changes_of(base, trials[i], options_);
      if (changes.empty() || (trials[i].proof != AuditProof::fitted && trials[i].rows.empty())) {
        results[i].without_events = true;
        return;
      }
      results[i] = compare_on(base, trials[i], changed_log(log_, changes));
      results[i].events_changed = changes.size();
    });
    for (std::size_t i = 0; i < trials.size(); ++i) take(base, trials[i], results[i]);
    meter.finish_one();
  }

  void take(const FoldBaseline& base, const AuditTrial& trial, const TrialResult& result) {
    AuditWork& work = report_.work;
    if (result.without_events || result.undecided) {
      ++work.draws_without_events;
      return;
    }
    ++(trial.proof == AuditProof::fitted     ? work.draws_fitted
       : trial.proof == AuditProof::features ? work.draws_features
       : trial.proof == AuditProof::training ? work.draws_training
                                             : work.draws_types);
    work.models_fitted += result.models_fitted;
    work.rows_compared += result.rows_compared;
    work.events_changed += result.events_changed;
    for (const TrialDifference& d : result.differences) add_finding(base, trial, d);
  }

  /// The first of its kind is traced to its event; the others say nothing new.
  void add_finding(const FoldBaseline& base, const AuditTrial& trial, const TrialDifference& d) {
    const std::string recipe = subject_.recipe_name(d.recipe);
    const bool known = std::ranges::any_of(report_.findings, [&](const AuditFinding& f) {
      return f.proof == trial.proof && f.recipe == recipe && f.what == d.difference.what;
    });
    if (known || report_.findings.size() >= options_.findings) return;
    const std::vector<ChangedEvent> changes =
        minimise(base, trial, d.difference.what, changes_of(base, trial, options_));
    // With the fewest changes, the values may be others than with all.
    Difference shown = d.difference;
    for (const TrialDifference& again : compare_on(base, trial, changed_log(log_, changes)).differences)
      if (again.difference.what == shown.what && !again.difference.features.empty()) shown = again.difference;
    report_.findings.push_back({trial.proof, changes.empty() ? AuditChange::alter : changes.front().how,
                                base.batch.name, base.fold_name(), trial.draw, recipe, shown.what, shown.features,
                                shown.session, shown.before, shown.after, trial.cut, changes.size(),
                                changes.empty() ? "" : analysis::to_text(log_, changes.front())});
  }

  const EventLog& log_;
  const AuditSubject& subject_;
  const AuditOptions& options_;
  SessionTable sessions_;
  std::vector<Batch> batches_;
  AuditReport report_;
};

}  // namespace

std::vector<FeatureMatrix> AuditSubject::training_features(const SessionTable& sessions, const Fold& fold) const {
  std::vector<FeatureMatrix> features;
  for (FittedColumns& fitted : fit(sessions, fold)) features.push_back(std::move(fitted.features));
  return features;
}

std::string_view name_of(AuditChange change) {
  constexpr std::string_view names[] = {"alter", "insert", "delete", "retime", "types"};
  return names[static_cast<std::size_t>(change)];
}

void AuditOptions::check() const {
  const auto range = [](std::string_view name, auto value, auto low, auto high) {
    if (!(value >= low && value <= high))
      throw ParameterError(fmt::format("{} is {}; it must be in [{}, {}]", name, value, low, high));
  };
  range("draws", draws, 1, 1000);
  range("model_draws", model_draws, 0, 1000);
  range("rows", rows, std::size_t{1}, std::size_t{1} << 31);
  range("findings", findings, std::size_t{1}, std::size_t{10'000});
  range("suspicious_auc", suspicious_auc, 0.5, 1.0);
  range("suspicious_psi", suspicious_psi, 0.0, 1e9);
}

AuditReport audit(const EventLog& log, const AuditSubject& subject, const AuditOptions& options, Account& account) {
  options.check();
  return Audit(log, subject, options, account).run();
}

}  // namespace cartwheel
