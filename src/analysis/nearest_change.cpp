#include "analysis/nearest_change.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "analysis/changed_events.hpp"
#include "analysis/selected_sessions.hpp"
#include "analysis/window_row.hpp"
#include "core/math.hpp"
#include "core/time.hpp"

namespace cartwheel::analysis {
namespace {

using What = EventChange::What;

struct Candidate {
  What what;
  std::uint32_t event;
  double distance;  ///< Of times and prices the ratio as a logarithm; of products their place in the list.
  Event changed;

  auto order() const { return std::tuple(what == What::product, distance, event, what); }
};

constexpr std::array<double, 8> price_factors{0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 2.0, 4.0};
constexpr std::array<double, 10> pauses_in_seconds{0.5, 2, 5, 15, 30, 60, 120, 300, 600, 1500};

/// @param end  when the event after the window came.
void add_times(const std::vector<Event>& window, std::int64_t end, std::vector<Candidate>& candidates) {
  for (std::uint32_t i = 1; i < window.size(); ++i) {
    const auto pause = static_cast<double>(window[i].time - window[i - 1].time);
    for (const double seconds : pauses_in_seconds) {
      const auto wanted = static_cast<std::int64_t>(seconds * core::microseconds_per_second);
      const std::int64_t time = window[i - 1].time + wanted;
      if (time == window[i].time || time > (i + 1 < window.size() ? window[i + 1].time : end)) continue;
      Candidate candidate{What::time, i, 0.0, window[i]};
      candidate.distance = std::abs(core::log(static_cast<double>(wanted) / std::max(pause, 1e5)));
      candidate.changed.time = time;
      candidates.push_back(candidate);
    }
  }
}

void add_prices(const std::vector<Event>& window, std::vector<Candidate>& candidates) {
  for (std::uint32_t i = 0; i < window.size(); ++i) {
    if (window[i].price == missing_price || window[i].price <= 0) continue;
    for (const double factor : price_factors) {
      const double price = static_cast<double>(window[i].price) * factor;
      if (price > static_cast<double>(largest_price)) continue;
      Candidate candidate{What::price, i, std::abs(core::log(factor)), window[i]};
      constexpr std::int64_t cent = price_scale / 100;
      candidate.changed.price = std::max<std::int64_t>(std::llround(price / cent), 1) * cent;
      candidates.push_back(candidate);
    }
  }
}

/// What the log said last of each product, up to a time: those of the window, then the most viewed.
std::vector<Event> known_products(const EventLog& log, std::int64_t until, const std::vector<Event>& window,
                                  std::size_t most) {
  std::vector<std::uint64_t> views(log.products().size());
  constexpr std::size_t never = SIZE_MAX;
  std::vector<std::size_t> last(views.size(), never);
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Code product = log.product()[i];
    if (product == missing_code || log.time()[i] > until) continue;
    if (log.type()[i] == EventType::view) ++views[product];
    if (last[product] == never || log.time()[last[product]] <= log.time()[i]) last[product] = i;
  }
  std::vector<Code> order(views.size());
  std::iota(order.begin(), order.end(), Code{0});
  std::erase_if(order, [&](Code product) {
    return last[product] == never || std::ranges::find(window, product, &Event::product) != window.end();
  });
  const std::size_t kept = std::min(most, order.size());
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(kept), [&](Code a, Code b) {
    return std::tuple(views[b], log.products()[a]) < std::tuple(views[a], log.products()[b]);
  });
  std::vector<Event> known;
  for (const Event& event : window)  // of these the window itself says what they are
    if (event.product != missing_code && std::ranges::find(known, event.product, &Event::product) == known.end())
      known.push_back(event);
  for (const Code product : std::span(order).first(kept)) known.push_back(log.event(last[product]));
  return known;
}

void add_products(const std::vector<Event>& window, const std::vector<Event>& known,
                  std::vector<Candidate>& candidates) {
  for (std::uint32_t i = 0; i < window.size(); ++i)
    for (std::size_t p = 0; p < known.size(); ++p) {
      if (known[p].product == window[i].product) continue;
      Candidate candidate{What::product, i, static_cast<double>(p), window[i]};
      candidate.changed.product = known[p].product;
      candidate.changed.category_id = known[p].category_id;
      candidate.changed.category_code = known[p].category_code;
      candidate.changed.brand = known[p].brand;
      candidate.changed.price = known[p].price;
      candidates.push_back(candidate);
    }
}

/// The log, and after all others the changed events, of no user or session: extractors may number what a log holds.
EventLog log_with(const SessionTable& sessions, const std::vector<Candidate>& candidates) {
  std::vector<ChangedEvent> events;
  for (const Candidate& candidate : candidates) {
    ChangedEvent added{ChangedEvent::inserted, AuditChange::insert, candidate.changed};
    added.event.time = sessions.log_end;
    added.event.user = added.event.session = missing_code;
    events.push_back(added);
  }
  return changed_log(sessions.log, events);
}

/// One row a candidate: the session with that event changed.
SessionTable changed_sessions(const SessionTable& sessions, std::uint32_t row,
                              const std::vector<Candidate>& candidates) {
  const auto size = static_cast<std::size_t>(sessions.options.size);
  SessionTable table = select_sessions(sessions, std::vector<std::uint32_t>(candidates.size(), row));
  table.log = log_with(sessions, candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Event& changed = candidates[i].changed;
    const std::size_t at = i * size + candidates[i].event;
    table.time[at] = changed.time;
    table.price[at] = changed.price;
    table.product[at] = changed.product;
    table.category_id[at] = changed.category_id;
    table.category_code[at] = changed.category_code;
    table.brand[at] = changed.brand;
    if (candidates[i].event + 1 == size) table.window_end[i] = changed.time;
  }
  return table;
}

/// When the session's first event after its window came; the end of time if there is none.
std::int64_t end_of(const SessionTable& sessions, std::uint32_t row) {
  const std::size_t in_window = sessions.event_count[row];
  const std::vector<SessionEvent> events = session_events(sessions, std::span(&row, 1), in_window + 1)[0];
  return events.size() > in_window ? events[in_window].time : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

ChangeSearch nearest_change(const Pipeline& pipeline, const SessionTable& sessions, std::uint32_t row,
                            double probability, const ExplainOptions& options) {
  std::vector<Event> window;
  for (std::uint32_t i = 0; i < sessions.event_count[row]; ++i) window.push_back(window_event(sessions, row, i));
  std::vector<Candidate> candidates;
  add_times(window, end_of(sessions, row), candidates);
  add_prices(window, candidates);
  add_products(window,
               known_products(sessions.log, window.back().time, window,
                              std::min(options.products, std::max<std::size_t>(options.changes / window.size(), 1))),
               candidates);
  std::ranges::stable_sort(candidates, {}, &Candidate::order);
  if (candidates.size() > options.changes)
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(options.changes), candidates.end());
  if (candidates.empty()) return {};

  const SessionTable changed = changed_sessions(sessions, row, candidates);
  std::vector<std::uint32_t> rows(candidates.size());
  std::iota(rows.begin(), rows.end(), 0u);
  const std::vector<double> scores = pipeline.predict_proba(changed, rows);
  const bool decision = probability >= pipeline.threshold;
  std::size_t best = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if ((scores[i] >= pipeline.threshold) != decision) {
      best = i;
      break;
    }
    if (decision ? scores[i] < scores[best] : scores[i] > scores[best]) best = i;
  }
  EventChange change;
  change.what = candidates[best].what;
  change.event = candidates[best].event;
  change.before = window_events(sessions, row)[change.event];
  change.after = window_events(changed, rows[best])[change.event];
  change.probability = scores[best];
  change.decision = scores[best] >= pipeline.threshold;
  return {std::move(change), candidates.size()};
}

}  // namespace cartwheel::analysis
