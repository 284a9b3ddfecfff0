#include "features/prior_smoothing.hpp"

#include <algorithm>
#include <array>

#include "core/math.hpp"
#include "core/parallel.hpp"
#include "features/prior_counts.hpp"

namespace cartwheel::features {
namespace {

constexpr std::array choices{1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0};

/// -log of a product of probabilities: one logarithm for many of them.
class LogLoss {
 public:
  void add(double probability) {
    product_ *= probability;
    if (product_ < 1e-200) flush();
  }
  double value() {
    flush();
    return sum_;
  }

 private:
  void flush() {
    sum_ -= core::log(product_);
    product_ = 1.0;
  }
  double product_ = 1.0, sum_ = 0.0;
};

}  // namespace

std::vector<double> fit_smoothing(const EventLog& log, const SessionOptions& options, const PriorKeys& keys,
                                  const TimeOrder& order, std::int64_t train_end, double decay_rate) {
  std::vector<double> best(keys.spaces().size());
  core::parallel_for(best.size(), [&](std::size_t space) {
    std::vector<DecayedCounts> cells(keys.count(space));
    DecayedCounts all;
    std::array<LogLoss, choices.size()> losses;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint64_t row = order[i];
      const std::int64_t time = log.time()[row];
      if (time > train_end) break;
      const EventType type = log.type()[row];
      const bool is_target = options.is_target(type);
      if (type != EventType::view && !is_target) continue;
      const PriorCounts before = all.at(time, decay_rate);
      all.add(type, is_target, time, decay_rate);
      const std::uint32_t number = keys.number(space, key_values(log, row));
      if (number == 0) continue;
      // Without a view and a target before it, an event cannot tell the choices apart.
      if (before.views > 0.0 && before.targets > 0.0) {
        const PriorCounts counts = cells[number].at(time, decay_rate);
        const double base = base_rate(before);
        for (std::size_t c = 0; c < choices.size(); ++c) {
          const double targets = counts.targets + choices[c] * base, views = counts.views + choices[c];
          losses[c].add((is_target ? targets : views) / (targets + views));
        }
      }
      cells[number].add(type, is_target, time, decay_rate);
    }
    std::array<double, choices.size()> values;
    std::ranges::transform(losses, values.begin(), [](LogLoss& loss) { return loss.value(); });
    best[space] = choices[static_cast<std::size_t>(std::ranges::min_element(values) - values.begin())];
  });
  return best;
}

}  // namespace cartwheel::features
