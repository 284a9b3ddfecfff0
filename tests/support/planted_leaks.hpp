#pragma once

#include <algorithm>
#include <cartwheel/audit.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"

/// Ways to look ahead, for tests that see whether they are found.
namespace cartwheel::test {

/// V1 and one column more, which may be made of anything in the log.
class PlantedExtractor final : public FeatureExtractor {
 public:
  /// The planted value of each row, by what was learned in fit_transform (text -> number).
  using Learned = std::map<std::string, double>;
  using Learn = std::function<Learned(const SessionTable&, std::span<const std::uint32_t>, std::int64_t train_end)>;
  using Value = std::function<double(const SessionTable&, std::uint32_t row, const Learned&)>;

  PlantedExtractor(std::string column, Learn learn, Value value)
      : inner_(make_feature_extractor("V1", {})),
        column_(std::move(column)),
        learn_(std::move(learn)),
        value_(std::move(value)) {}

  std::string_view name() const override { return "Planted"; }
  const Parameters& parameters() const override { return inner_->parameters(); }
  std::vector<FeatureDefinition> definitions() const override {
    auto all = inner_->definitions();
    all.push_back({column_, "a leak", "yes"});
    return all;
  }
  FeatureMatrix fit_transform(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                              std::int64_t train_end) override {
    if (learn_) learned_ = learn_(sessions, rows, train_end);
    return with_column(inner_->fit_transform(sessions, rows, train_end), sessions, rows);
  }
  FeatureMatrix transform(const SessionTable& sessions, std::span<const std::uint32_t> rows) const override {
    return with_column(inner_->transform(sessions, rows), sessions, rows);
  }
  void write(core::ByteWriter& out) const override {
    inner_->write(out);
    for (const auto& [name, value] : learned_) {
      out.put_string(name);
      out.put(value);
    }
  }

 private:
  FeatureMatrix with_column(FeatureMatrix x, const SessionTable& sessions, std::span<const std::uint32_t> rows) const {
    FloatColumn column;
    for (const std::uint32_t row : rows) column.values.push_back(static_cast<float>(value_(sessions, row, learned_)));
    x.add(column_, std::move(column));
    return x;
  }

  std::unique_ptr<FeatureExtractor> inner_;
  std::string column_;
  Learn learn_;
  Value value_;
  Learned learned_;
};

/// An honest experiment, of which single pieces can be replaced.
struct LeakySubject final : AuditSubject {
  explicit LeakySubject(const ExperimentOptions& experiment)
      : options(experiment), honest(make_audit_subject(experiment)) {}

  const SessionOptions& session_options() const override { return options.session; }
  std::vector<Batch> split(const SessionTable& sessions) const override {
    std::vector<Batch> batches = honest->split(sessions);
    if (on_split) on_split(sessions, batches);
    return batches;
  }
  std::size_t recipes() const override { return 1; }
  std::string recipe_name(std::size_t) const override { return "planted"; }
  std::vector<FittedColumns> fit(const SessionTable& sessions, const Fold& fold) const override {
    std::vector<FittedColumns> fitted;
    if (!on_fit) return honest->fit(sessions, fold);
    fitted.push_back(on_fit(*this, sessions, fold));
    return fitted;
  }
  std::vector<FittedChoice> choose(const SessionTable& sessions, const Batch& batch) const override {
    std::vector<FittedChoice> choices = honest->choose(sessions, batch);
    if (on_choose) on_choose(sessions, batch, choices);
    return choices;
  }

  ExperimentOptions options;
  std::unique_ptr<AuditSubject> honest;
  std::function<void(const SessionTable&, std::vector<Batch>&)> on_split;
  std::function<FittedColumns(const LeakySubject&, const SessionTable&, const Fold&)> on_fit;
  std::function<void(const SessionTable&, const Batch&, std::vector<FittedChoice>&)> on_choose;
};

/// Columns by an extractor of one's own, and no steps.
inline auto fit_by(std::function<std::unique_ptr<FeatureExtractor>()> make) {
  return [make](const LeakySubject&, const SessionTable& sessions, const Fold& fold) {
    FittedColumns fitted;
    std::shared_ptr<FeatureExtractor> extractor = make();
    fitted.features = extractor->fit_transform(sessions, fold.train_rows, fold.train_end);
    fitted.extractor = std::move(extractor);
    fitted.input.x = fitted.features;
    for (const std::uint32_t row : fold.train_rows) fitted.input.y.push_back(sessions.label[row]);
    return fitted;
  };
}

}  // namespace cartwheel::test
