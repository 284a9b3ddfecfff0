#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace cartwheel::data {

/// When the sessions of a synthetic shop begin, how long they are and whose they are. Each follows from the session's
/// number alone, so nothing about past or future sessions is kept in memory.
class ShopVisits {
 public:
  /// @param events  in all sessions together, at least 1. @param days  from 2020-09-24, at least 1.
  /// @param seasonality  how far hours and weekdays differ: 0 not at all, 1 as in a real shop.
  ShopVisits(std::uint64_t events, int days, double seasonality, std::uint64_t seed);

  std::uint64_t session_count() const { return sessions_; }
  /// Number of events. Few sessions are long: P(length >= n) falls as a power of n. All lengths add up to `events`.
  std::uint32_t length(std::uint64_t session) const;
  /// Seconds since 1970; never decreasing in `session`. Busier by day than by night, and on working days.
  std::int64_t start(std::uint64_t session) const;
  /// The number of the user's first session stands for the user; the more sessions, the more likely another one.
  std::uint64_t user(std::uint64_t session) const;
  /// The first second after the log.
  std::int64_t end() const { return end_; }
  /// How many sessions begin in each hour of the day (UTC), up to a factor.
  const std::array<double, 24>& hour_weights() const { return hour_weights_; }

 private:
  std::uint64_t shuffle(std::uint64_t session) const;

  std::uint64_t sessions_, seed_;
  std::vector<std::uint64_t> at_least_;  ///< at_least_[n - 1] sessions have n or more events.
  int half_bits_ = 1;                    ///< shuffle() works on numbers of twice as many bits.
  std::array<std::uint64_t, 4> round_keys_{};

  std::array<double, 24> hour_weights_;
  std::vector<double> hour_end_;  ///< Running sum of the weights of the log's hours.
  std::int64_t end_;
  std::uint64_t shortest_absence_;  ///< In sessions of the whole shop.
};

}  // namespace cartwheel::data
