#include "selection/dummies.hpp"

#include <map>
#include <span>

namespace cartwheel::selection {
namespace {

struct Share {
  std::uint64_t rows = 0, positives = 0;
  void add(bool positive) {
    ++rows;
    positives += positive;
  }
  double value() const { return static_cast<double>(positives) / static_cast<double>(rows); }
};

/// P(y = 1) by the size of the window.
class SizeTable {
 public:
  SizeTable(const SessionTable& sessions, std::span<const std::uint32_t> rows) {
    for (const std::uint32_t row : rows) {
      all_.add(sessions.label[row] == 1);
      by_size_[sessions.event_count[row]].add(sessions.label[row] == 1);
    }
  }
  double base_rate() const { return all_.value(); }
  double rate_of(std::uint32_t size) const {
    const auto found = by_size_.find(size);
    return found == by_size_.end() ? base_rate() : found->second.value();
  }

 private:
  Share all_;
  std::map<std::uint32_t, Share> by_size_;
};

/// @param probability  of a row.
template <class Probability>
Dummy make_dummy(std::string_view name, const SessionTable& sessions, const Fold& fold,
                 const ThresholdOptions& threshold, const Probability& probability) {
  Dummy dummy{name, {}, default_threshold};
  for (const std::uint32_t row : fold.validation_rows) dummy.probability.push_back(probability(row));
  std::vector<std::uint8_t> y;
  std::vector<double> score;
  for (const std::uint32_t row : fold.train_rows) {
    y.push_back(sessions.label[row]);
    score.push_back(probability(row));
  }
  dummy.threshold = tune_threshold(y, score, threshold).threshold;
  return dummy;
}

}  // namespace

std::vector<Dummy> fit_dummies(const SessionTable& sessions, const Fold& fold, const ThresholdOptions& options) {
  ThresholdOptions threshold = options;
  threshold.guard = false;
  const SizeTable sizes(sessions, fold.train_rows);
  std::vector<Dummy> dummies;
  dummies.push_back(make_dummy("always_yes", sessions, fold, threshold, [](std::uint32_t) { return 1.0; }));
  dummies.push_back(
      make_dummy("base_rate", sessions, fold, threshold, [&](std::uint32_t) { return sizes.base_rate(); }));
  dummies.push_back(make_dummy("session_size", sessions, fold, threshold,
                               [&](std::uint32_t row) { return sizes.rate_of(sessions.event_count[row]); }));
  return dummies;
}

}  // namespace cartwheel::selection
