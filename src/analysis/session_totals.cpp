#include "analysis/session_totals.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "analysis/window_row.hpp"
#include "sessions/inactivity.hpp"

namespace cartwheel::analysis {
namespace {

/// The session of each event, named by the log or found.
class SessionCodes {
 public:
  SessionCodes(const EventLog& log, std::int64_t gap) : named_(log.sessions().size() > 1), log_(log) {
    if (!named_) found_ = sessions::find_sessions_by_inactivity(log, gap);
  }
  std::size_t size() const { return named_ ? log_.sessions().size() : found_.code_count; }
  Code operator[](std::size_t row) const { return named_ ? log_.session()[row] : found_.codes[row]; }

 private:
  bool named_;
  const EventLog& log_;
  sessions::InactivitySessions found_;
};

bool any(std::span<const Code> codes) {
  return std::ranges::any_of(codes, [](Code code) { return code != missing_code; });
}

}  // namespace

LogColumns LogColumns::of(const EventLog& log) {
  return {any(log.category_code()), any(log.brand()),
          std::ranges::any_of(log.price(), [](std::int64_t price) { return price != missing_price; })};
}

bool LogColumns::incomplete(const Event& event) const {
  return (category && event.category_code == missing_code) || (brand && event.brand == missing_code) ||
         (price && event.price == missing_price);
}

void SessionTotals::add(const Event& event, const SessionOptions& options) {
  ++events;
  products += event.product != missing_code ? 1 : 0;
  categories += event.category_code != missing_code ? 1 : 0;
  brands += event.brand != missing_code ? 1 : 0;
  types = static_cast<std::uint8_t>(types | 1u << static_cast<unsigned>(event.type));
  target = target || options.is_target(event.type);
  if (event.price == missing_price) return;
  price_sum += event.price;
  price_min = price_min == missing_price ? event.price : std::min(price_min, event.price);
}

std::vector<SessionTotals> totals_of_sessions(const EventLog& log, const SessionOptions& options,
                                              const TimeRange& range, bool drop) {
  const SessionCodes codes(log, options.gap);
  const LogColumns columns = LogColumns::of(log);
  std::vector<std::int64_t> start(codes.size(), std::numeric_limits<std::int64_t>::max());
  for (std::size_t row = 0; row < log.size(); ++row) start[codes[row]] = std::min(start[codes[row]], log.time()[row]);
  std::vector<SessionTotals> all(codes.size());
  for (std::size_t row = 0; row < log.size(); ++row) {
    const Code code = codes[row];
    if (code == missing_code || !range.contains(start[code]) || log.time()[row] >= range.end) continue;
    const Event event = log.event(row);
    if (!drop || !columns.incomplete(event)) all[code].add(event, options);
  }
  std::erase_if(all, [](const SessionTotals& totals) { return totals.events == 0; });
  return all;
}

std::vector<SessionTotals> totals_of_windows(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                             bool drop) {
  const LogColumns columns = LogColumns::of(sessions.log);
  std::vector<SessionTotals> all(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::uint32_t e = 0; e < sessions.event_count[rows[i]]; ++e)
      if (const Event event = window_event(sessions, rows[i], e); !drop || !columns.incomplete(event))
        all[i].add(event, sessions.options);
  return all;
}

FeatureMatrix features_of(std::span<const SessionTotals> totals, bool event_types) {
  FeatureMatrix x(totals.size());
  const auto add = [&](const char* name, auto value) {
    FloatColumn column;
    for (const SessionTotals& t : totals) column.values.push_back(static_cast<float>(value(t)));
    x.add(name, std::move(column));
  };
  add("price_sum", [](const SessionTotals& t) { return static_cast<double>(t.price_sum) / price_scale; });
  add("price_min", [](const SessionTotals& t) {
    return t.price_min == missing_price ? 0.0 : static_cast<double>(t.price_min) / price_scale;
  });
  add("brand_count", [](const SessionTotals& t) { return t.brands; });
  add("category_code_count", [](const SessionTotals& t) { return t.categories; });
  add("product_id_count", [](const SessionTotals& t) { return t.products; });
  add("event_time_count", [](const SessionTotals& t) { return t.events; });
  if (event_types) add("unique_event_type", [](const SessionTotals& t) { return std::popcount(t.types); });
  return x;
}

}  // namespace cartwheel::analysis
