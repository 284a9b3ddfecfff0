#pragma once

#include <array>
#include <atomic>
#include <cartwheel/scoring_service.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cartwheel::serve {

/// What a request asked for.
enum class Route : std::size_t { score, events, model, health, metrics, page, none };
inline constexpr std::array<std::string_view, 7> route_names{"score",   "events", "model", "healthz",
                                                             "metrics", "page",   "none"};

/// Counts of requests and connections, for GET /metrics. Safe to use from several threads.
class ServerMetrics {
 public:
  void count(Route route, int status);
  /// Of a request that was scored: between its last byte and its answer. @param microseconds  >= 0.
  void time_score(std::int64_t microseconds);

  std::atomic<std::uint64_t> connections_open{0}, connections_accepted{0}, connections_refused{0}, deadlines_missed{0},
      log_lines_left_out{0};

  /// In the text format of Prometheus.
  std::string text(const ScoringCounts& counts, const Pipeline& model, std::string_view model_hash) const;

 private:
  static constexpr std::array statuses{200, 400, 401, 404, 405, 408, 413, 415, 422, 429, 431, 500, 503};
  static constexpr std::array<std::int64_t, 12> score_bounds{10,   25,   50,   100,   250,    500,
                                                             1000, 2500, 5000, 10000, 100000, 1000000};

  std::array<std::array<std::atomic<std::uint64_t>, statuses.size()>, route_names.size()> requests_{};
  std::array<std::atomic<std::uint64_t>, score_bounds.size() + 1> scores_{};
  std::atomic<std::uint64_t> score_microseconds_{0};
};

}  // namespace cartwheel::serve
