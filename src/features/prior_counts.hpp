#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <limits>

#include "core/host_device.hpp"
#include "core/math.hpp"

namespace cartwheel::features {

/// Views and targets (of all events, or of those with one key).
struct PriorCounts {
  double views = 0.0, targets = 0.0;
  CARTWHEEL_HD bool none() const { return views == 0.0 && targets == 0.0; }
};

/// Counts that halve with time, where there is a half-life: an event's weight at time t is 2^(-(t - its time) /
/// half_life). The factor is applied when a count is touched.
class DecayedCounts {
 public:
  DecayedCounts() = default;
  explicit DecayedCounts(const PriorCounts& counts) : counts_(counts) {}

  void add(EventType type, bool is_target, std::int64_t time, double decay_rate) {
    counts_ = at(time, decay_rate);
    time_ = time;
    if (type == EventType::view) counts_.views += 1.0;
    if (is_target) counts_.targets += 1.0;
  }
  PriorCounts at(std::int64_t time, double decay_rate) const {
    if (decay_rate == 0.0 || time <= time_ || counts_.none()) return counts_;
    const double factor = core::exp(-decay_rate * static_cast<double>(time - time_));
    return {counts_.views * factor, counts_.targets * factor};
  }

 private:
  PriorCounts counts_;
  std::int64_t time_ = std::numeric_limits<std::int64_t>::min();
};

/// Targets a view of a key, drawn towards the base rate as if m views more had it. Where there are neither counts nor
/// base rate, NaN.
CARTWHEEL_HD inline double smoothed_ratio(const PriorCounts& counts, double m, double base) {
  return (counts.targets + m * base) / (counts.views + m);
}

/// The base rate of all events.
CARTWHEEL_HD inline double base_rate(const PriorCounts& all) {
  return all.views > 0.0 ? all.targets / all.views : core::math_detail::not_a_number();
}

}  // namespace cartwheel::features
