#include "serve/server_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/model.hpp>
#include <cartwheel/version.hpp>
#include <iterator>

namespace cartwheel::serve {
namespace {

class Text {
 public:
  void head(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(text_), "# HELP cartwheel_{} {}\n# TYPE cartwheel_{} {}\n", name, help, name,
                   type);
  }
  template <class Number>
  void sample(std::string_view name, std::string_view labels, Number value) {
    fmt::format_to(std::back_inserter(text_), "cartwheel_{}{} {}\n", name, labels, value);
  }
  void counter(std::string_view name, std::uint64_t value, std::string_view help) {
    head(name, "counter", help);
    sample(name, "", value);
  }
  template <class Number>
  void gauge(std::string_view name, Number value, std::string_view help) {
    head(name, "gauge", help);
    sample(name, "", value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

void ServerMetrics::count(Route route, int status) {
  const auto* const found = std::ranges::find(statuses, status);
  const auto place = static_cast<std::size_t>(found == statuses.end() ? 11 : found - statuses.begin());
  static_assert(statuses[11] == 500);
  requests_[static_cast<std::size_t>(route)][place].fetch_add(1, std::memory_order_relaxed);
}

void ServerMetrics::time_score(std::int64_t microseconds) {
  const auto* const bound = std::ranges::lower_bound(score_bounds, microseconds);
  scores_[static_cast<std::size_t>(bound - score_bounds.begin())].fetch_add(1, std::memory_order_relaxed);
  score_microseconds_.fetch_add(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
}

std::string ServerMetrics::text(const ScoringCounts& counts, const Pipeline& model, std::string_view model_hash) const {
  Text out;
  out.head("requests_total", "counter", "Requests answered, by route and status.");
  for (std::size_t r = 0; r < route_names.size(); ++r)
    for (std::size_t s = 0; s < statuses.size(); ++s)
      if (const std::uint64_t value = requests_[r][s].load(std::memory_order_relaxed); value > 0)
        out.sample("requests_total", fmt::format("{{route=\"{}\",status=\"{}\"}}", route_names[r], statuses[s]), value);
  out.head("score_seconds", "histogram", "Time from a score request's last byte to its answer.");
  std::uint64_t sum = 0;
  for (std::size_t b = 0; b < score_bounds.size(); ++b) {
    sum += scores_[b].load(std::memory_order_relaxed);
    out.sample("score_seconds_bucket", fmt::format("{{le=\"{}\"}}", static_cast<double>(score_bounds[b]) * 1e-6), sum);
  }
  sum += scores_.back().load(std::memory_order_relaxed);
  out.sample("score_seconds_bucket", "{le=\"+Inf\"}", sum);
  out.sample("score_seconds_sum", "", static_cast<double>(score_microseconds_.load()) * 1e-6);
  out.sample("score_seconds_count", "", sum);

  out.counter("scores_total", counts.scores, "Sessions scored.");
  out.counter("decisions_total", counts.decisions, "Of these, at or above the threshold.");
  out.counter("left_out_total", counts.left_out, "Sessions that were asked about and have no score.");
  out.counter("live_events_total", counts.live_events, "Live events taken.");
  out.counter("live_events_out_of_order_total", counts.out_of_order,
              "Of these, earlier than an event of their session that came before.");
  out.counter("live_events_after_window_total", counts.after_window, "Of these, after their session's window.");
  out.counter("live_events_without_session_total", counts.without_session, "Of these, with neither session nor user.");
  out.gauge("live_sessions", counts.live_sessions, "Live sessions now.");
  out.gauge("live_bytes", counts.live_bytes, "Memory of live sessions now, about.");
  out.head("live_sessions_forgotten_total", "counter", "Live sessions that were forgotten, by reason.");
  out.sample("live_sessions_forgotten_total", "{reason=\"timeout\"}", counts.timed_out);
  out.sample("live_sessions_forgotten_total", "{reason=\"room\"}", counts.evicted);
  out.sample("live_sessions_forgotten_total", "{reason=\"model\"}", counts.dropped_by_model);
  out.gauge("history_users", counts.history_users, "Users whose history is known now.");

  out.counter("models_loaded_total", counts.models_loaded, "Model files taken over, the first one included.");
  out.counter("models_refused_total", counts.models_refused, "Model files that could not be served.");
  out.head("model_info", "gauge", "The model being served.");
  out.sample("model_info",
             fmt::format("{{model=\"{}\",extractor=\"{}\",hash=\"{}\",version=\"{}\"}}", model.model->name(),
                         model.extractor->name(), model_hash, version()),
             1);
  out.gauge("model_train_end_seconds", static_cast<double>(model.provenance.train_end) * 1e-6,
            "End of the model's training, seconds since 1970-01-01 UTC.");
  out.gauge("model_threshold", model.threshold, "Probability from which on the decision is yes.");

  out.gauge("connections_open", connections_open.load(), "Connections now.");
  out.counter("connections_accepted_total", connections_accepted.load(), "Connections taken.");
  out.counter("connections_refused_total", connections_refused.load(), "Connections beyond the limit.");
  out.counter("deadlines_missed_total", deadlines_missed.load(), "Connections closed because a deadline had passed.");
  out.counter("log_lines_left_out_total", log_lines_left_out.load(), "Log lines beyond the limit.");
  return out.take();
}

}  // namespace cartwheel::serve
