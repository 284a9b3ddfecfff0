#include "features/prior_smoothing.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cartwheel/history_store.hpp>
#include <string_view>
#include <unordered_map>

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

/// Whose events do not count where one of them is judged: the session, or else the user.
class Owners {
 public:
  Owners(const EventLog& log, std::int64_t train_end, std::size_t judged_events) : log_(log) {
    // Of the events to learn from alone: what comes after them must not decide who is judged.
    const auto known = static_cast<std::size_t>(
        std::ranges::count_if(log.time(), [&](std::int64_t time) { return time <= train_end; }));
    shift_ = static_cast<unsigned>(std::bit_width(known / judged_events));
  }
  /// 0 where there is neither.
  std::uint64_t of(std::uint64_t row) const {
    if (const Code session = log_.session()[row]; session != missing_code) return session;
    const Code user = log_.user()[row];
    return user == missing_code ? 0 : log_.sessions().size() + user;
  }
  bool are_judged(std::uint64_t row) const {
    if (shift_ == 0) return true;
    const Code session = log_.session()[row];
    const std::string_view id = session != missing_code ? log_.sessions()[session] : log_.users()[log_.user()[row]];
    return HistoryStore::key_of(id) >> (64 - shift_) == 0;
  }

 private:
  EventLog log_;
  unsigned shift_;  ///< One owner in 2^shift is judged.
};

/// What is left of counts without a part of them; rounding of decayed counts may take it below 0.
PriorCounts without(const PriorCounts& counts, const PriorCounts& part) {
  return {std::max(counts.views - part.views, 0.0), std::max(counts.targets - part.targets, 0.0)};
}

}  // namespace

std::vector<double> fit_smoothing(const EventLog& log, const SessionOptions& options, const PriorKeys& keys,
                                  const TimeOrder& order, std::int64_t train_end, double decay_rate,
                                  std::size_t judged_events) {
  const Owners owners(log, train_end, judged_events);
  std::vector<double> best(keys.spaces().size());
  core::parallel_for(best.size(), [&](std::size_t space) {
    std::vector<DecayedCounts> cells(keys.count(space));
    std::unordered_map<std::uint64_t, DecayedCounts> own_cells;  // by owner and key
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
      const std::uint64_t owner = owners.of(row);
      const bool is_judged = owners.are_judged(row);
      DecayedCounts none;
      DecayedCounts& own = owner != 0 && is_judged ? own_cells[owner << 32 | number] : none;
      // Without a view and a target before it, an event cannot tell the choices apart.
      if (is_judged && before.views > 0.0 && before.targets > 0.0) {
        const PriorCounts counts = without(cells[number].at(time, decay_rate), own.at(time, decay_rate));
        const double base = base_rate(before);
        for (std::size_t c = 0; c < choices.size(); ++c) {
          const double targets = counts.targets + choices[c] * base, views = counts.views + choices[c];
          losses[c].add((is_target ? targets : views) / (targets + views));
        }
      }
      cells[number].add(type, is_target, time, decay_rate);
      own.add(type, is_target, time, decay_rate);
    }
    std::array<double, choices.size()> values;
    std::ranges::transform(losses, values.begin(), [](LogLoss& loss) { return loss.value(); });
    best[space] = choices[static_cast<std::size_t>(std::ranges::min_element(values) - values.begin())];
  });
  return best;
}

}  // namespace cartwheel::features
