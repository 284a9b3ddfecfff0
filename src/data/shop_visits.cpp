#include "data/shop_visits.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "core/math.hpp"
#include "core/philox.hpp"

namespace cartwheel::data {
namespace {

using core::RandomPurpose;
using core::RandomStream;

// The published log: 885,129 events in 490,398 sessions of 407,283 users.
constexpr double sessions_per_event = 490'398.0 / 885'129.0;
constexpr double returning = 1.0 - 407'283.0 / 490'398.0;
constexpr std::uint32_t longest = 400;
/// Makes the mean of min(length, longest) that of the published log: the sum of n^-tail for n up to 400 is 1.80492.
constexpr double tail = 1.8498262;

constexpr std::int64_t first_day = 1'600'905'600;  ///< 2020-09-24, a Thursday
constexpr std::array<double, 24> by_hour{0.30, 0.22, 0.20, 0.24, 0.38, 0.60, 0.85, 1.05, 1.20, 1.30, 1.35, 1.35,
                                         1.32, 1.30, 1.30, 1.32, 1.38, 1.42, 1.45, 1.40, 1.25, 1.00, 0.70, 0.45};
constexpr std::array<double, 7> by_weekday{1.10, 1.08, 1.05, 1.02, 0.98, 0.85, 0.92};  // Monday first

constexpr std::uint32_t start_stream = 3, user_stream = 4, shuffle_stream = 5;

/// How many of `sessions` have n events or more, for each n; the sum of all is `events`.
std::vector<std::uint64_t> lengths_for(std::uint64_t sessions, std::uint64_t events) {
  std::vector<std::uint64_t> at_least(longest);
  for (std::uint32_t n = 1; n <= longest; ++n)
    at_least[n - 1] = static_cast<std::uint64_t>(static_cast<double>(sessions) * core::exp(-tail * core::log(n)) + 0.5);
  at_least[0] = sessions;
  // Rounding leaves a small difference: put it into the shortest sessions that can take it.
  std::uint64_t sum = std::accumulate(at_least.begin(), at_least.end(), std::uint64_t{0});
  for (std::uint32_t n = 1; n < longest && sum < events; ++n) {
    const std::uint64_t more = std::min(events - sum, at_least[n - 1] - at_least[n]);
    at_least[n] += more;
    sum += more;
  }
  for (std::uint32_t n = 1; n < longest && sum > events; ++n) {
    const std::uint64_t fewer = std::min(sum - events, at_least[n] - (n + 1 < longest ? at_least[n + 1] : 0));
    at_least[n] -= fewer;
    sum -= fewer;
  }
  return at_least;
}

/// weight^seasonality; the weight itself where nothing is to be changed.
double seasoned(double weight, double seasonality) {
  return seasonality == 1.0 ? weight : core::exp(seasonality * core::log(weight));
}

}  // namespace

ShopVisits::ShopVisits(std::uint64_t events, int days, double seasonality, std::uint64_t seed)
    : sessions_(std::max<std::uint64_t>(
          1, static_cast<std::uint64_t>(static_cast<double>(events) * sessions_per_event + 0.5))),
      seed_(seed),
      at_least_(lengths_for(sessions_, events)),
      end_(first_day + std::int64_t{days} * 86'400),
      shortest_absence_(sessions_ / (static_cast<std::uint64_t>(days) * 12) + 1) {  // about two hours
  half_bits_ = std::max(1, (static_cast<int>(std::bit_width(sessions_)) + 1) / 2);
  RandomStream keys(seed, RandomPurpose::generate, shuffle_stream);
  for (std::uint64_t& key : round_keys_) key = keys.next_bits();
  for (std::size_t hour = 0; hour < by_hour.size(); ++hour) hour_weights_[hour] = seasoned(by_hour[hour], seasonality);
  double end = 0.0;
  for (int day = 0; day < days; ++day) {
    const double weight_of_day = seasoned(by_weekday[static_cast<std::size_t>(day + 3) % 7], seasonality);
    for (const double weight : hour_weights_) hour_end_.push_back(end += weight_of_day * weight);
  }
}

/// A bijection of [0, session_count()) without any pattern: a Feistel network over a power of four, repeated until the
/// result is in range.
std::uint64_t ShopVisits::shuffle(std::uint64_t session) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = session >> half_bits_, right = session & mask;
    for (const std::uint64_t key : round_keys_) {
      std::uint64_t mixed = (right ^ key) * 0x9e3779b97f4a7c15u;
      mixed = (mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9u;
      left ^= (mixed >> 32) & mask;
      std::swap(left, right);
    }
    session = left << half_bits_ | right;
  } while (session >= sessions_);
  return session;
}

std::uint32_t ShopVisits::length(std::uint64_t session) const {
  const std::uint64_t rank = shuffle(session);  // the longest session has rank 0
  const auto shorter = std::ranges::partition_point(at_least_, [rank](std::uint64_t count) { return count > rank; });
  return static_cast<std::uint32_t>(shorter - at_least_.begin());
}

std::int64_t ShopVisits::start(std::uint64_t session) const {
  RandomStream random(seed_, RandomPurpose::generate, start_stream, session);
  const double share = (static_cast<double>(session) + random.uniform()) / static_cast<double>(sessions_);
  const double point = share * hour_end_.back();
  const auto found = std::ranges::upper_bound(hour_end_, point);
  const auto hour = std::min(static_cast<std::size_t>(found - hour_end_.begin()), hour_end_.size() - 1);
  const double begin = hour == 0 ? 0.0 : hour_end_[hour - 1];
  const double within = (point - begin) / (hour_end_[hour] - begin);
  const auto second = std::min<std::int64_t>(3599, static_cast<std::int64_t>(3600.0 * within));
  return first_day + static_cast<std::int64_t>(hour) * 3600 + second;
}

std::uint64_t ShopVisits::user(std::uint64_t session) const {
  for (;;) {
    RandomStream random(seed_, RandomPurpose::generate, user_stream, session);
    if (session < shortest_absence_ || random.uniform() >= returning) return session;
    const double u = random.uniform();  // cubed: most come back soon
    const std::uint64_t choice = session - shortest_absence_;
    session = choice - std::min(choice, static_cast<std::uint64_t>(u * u * u * static_cast<double>(choice)));
  }
}

}  // namespace cartwheel::data
