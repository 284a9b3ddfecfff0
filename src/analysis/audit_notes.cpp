#include "analysis/audit_notes.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cartwheel/metrics.hpp>
#include <cartwheel/population_stability.hpp>
#include <cmath>
#include <set>
#include <unordered_set>

namespace cartwheel::analysis {
namespace {

std::vector<std::uint8_t> labels_of(const SessionTable& sessions, std::span<const std::uint32_t> rows) {
  std::vector<std::uint8_t> y;
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);
  return y;
}

std::vector<double> values_of(const FeatureMatrix& x, std::size_t j) {
  std::vector<float> values(x.rows());
  x.copy_column(j, values);
  return {values.begin(), values.end()};
}

/// What happens in a window, whoever did it and whenever.
std::uint64_t content_of(const SessionTable& sessions, std::uint32_t row) {
  std::vector<std::int64_t> content{sessions.event_count[row]};
  const std::size_t begin = std::size_t{row} * static_cast<std::size_t>(sessions.options.size);
  for (std::size_t i = begin; i < begin + sessions.event_count[row]; ++i)
    content.insert(content.end(), {sessions.time[i] - sessions.start[row], static_cast<std::int64_t>(sessions.type[i]),
                                   sessions.product[i], sessions.category_id[i], sessions.category_code[i],
                                   sessions.brand[i], sessions.price[i]});
  return XXH3_64bits(content.data(), content.size() * sizeof(std::int64_t));
}

/// The notes of one batch.
class Notes {
 public:
  Notes(const FoldBaseline& base, const AuditOptions& options, std::vector<AuditNote>& notes)
      : base_(base), options_(options), notes_(notes), fold_(base.fold()) {}

  void add_all() {
    base_rates();
    both_sides();
    std::set<std::string> seen;  // extractors of recipes that differ in steps alone
    for (const FittedColumns& fitted : base_.fitted) features(fitted, seen);
    for (const FittedChoice& choice : base_.choices) scores(choice);
  }

 private:
  void add(std::string check, std::string name, double value, bool suspicious, std::string text) {
    notes_.push_back({base_.batch.name, std::move(check), std::move(name), value, suspicious, std::move(text)});
  }

  void base_rates() {
    const auto y_train = labels_of(base_.sessions, fold_.train_rows),
               y_test = labels_of(base_.sessions, fold_.validation_rows);
    const auto rate = [](const std::vector<std::uint8_t>& y) {
      return static_cast<double>(std::ranges::count(y, std::uint8_t{1})) / static_cast<double>(y.size());
    };
    const double n = static_cast<double>(y_train.size()), m = static_cast<double>(y_test.size());
    const double a = rate(y_train), b = rate(y_test), pooled = (a * n + b * m) / (n + m);
    const double error = std::sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m));
    const double z = error == 0.0 ? 0.0 : (b - a) / error;
    add("base_rate_drift", "", b - a, std::abs(z) > 3.0,
        fmt::format("base rate {:.4f} in training, {:.4f} in test ({:+.1f} standard errors)", a, b, z));
  }

  void both_sides() {
    std::unordered_set<std::uint64_t> contents;
    std::unordered_set<Code> users;
    for (const std::uint32_t row : fold_.train_rows) {
      contents.insert(content_of(base_.sessions, row));
      users.insert(base_.sessions.user[row]);
    }
    users.erase(missing_code);
    const auto share = [&](auto is_known) {
      return static_cast<double>(std::ranges::count_if(fold_.validation_rows, is_known)) /
             static_cast<double>(fold_.validation_rows.size());
    };
    const double same = share([&](std::uint32_t row) { return contents.contains(content_of(base_.sessions, row)); });
    const double back = share([&](std::uint32_t row) { return users.contains(base_.sessions.user[row]); });
    add("duplicates", "", same, same > 0.05,
        fmt::format("{:.1f}% of test sessions have the same events and pauses as one in training", 100 * same));
    add("users_on_both_sides", "", back, false,
        fmt::format("{:.1f}% of test sessions are of users seen in training", 100 * back));
  }

  void features(const FittedColumns& fitted, std::set<std::string>& seen) {
    const FeatureMatrix test = fitted.extractor->transform(base_.sessions, fold_.validation_rows);
    const std::vector<std::uint8_t> y = labels_of(base_.sessions, fold_.train_rows);
    for (std::size_t j = 0; j < fitted.features.columns(); ++j) {
      const std::string name = fmt::format("{} {}", fitted.extractor->name(), fitted.features.names()[j]);
      if (!seen.insert(name).second) continue;
      const std::vector<double> values = values_of(fitted.features, j);
      std::vector<double> ranked = values;  // a missing value ranks below all others
      for (double& value : ranked)
        if (std::isnan(value)) value = -1e300;
      if (const auto auc = roc_auc(y, ranked)) {
        const double alone = std::max(*auc, 1.0 - *auc);
        add("feature_auc", name, alone, alone >= options_.suspicious_auc,
            fmt::format("AUC {:.4f} alone, in training", alone));
      }
      const double psi = population_stability_index(values, values_of(test, j));
      add("feature_psi", name, psi, psi > options_.suspicious_psi,
          fmt::format("stability index {:.4f} from training to test", psi));
    }
  }

  void scores(const FittedChoice& choice) {
    const std::vector<double> test = choice.pipeline.predict_proba(base_.sessions, fold_.validation_rows);
    const double psi = population_stability_index(choice.out_of_fold, test);
    add("score_psi", choice.model, psi, psi > options_.suspicious_psi,
        fmt::format("stability index {:.4f} from out-of-fold scores to test", psi));
  }

  const FoldBaseline& base_;
  const AuditOptions& options_;
  std::vector<AuditNote>& notes_;
  const Fold& fold_;
};

}  // namespace

void add_notes(const FoldBaseline& final_fold, const AuditOptions& options, std::vector<AuditNote>& notes) {
  Notes(final_fold, options, notes).add_all();
}

}  // namespace cartwheel::analysis
