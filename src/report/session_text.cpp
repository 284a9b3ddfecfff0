#include "report/session_text.hpp"

#include <algorithm>

#include "core/time.hpp"
#include "data/escaped_text.hpp"

namespace cartwheel::report {
namespace {

using Json = nlohmann::ordered_json;

/// At most `room` columns. Of a long path the end tells more than the beginning.
std::string cut(std::string_view text, std::size_t room) {
  if (text.empty()) return "-";
  if (text.size() <= room) return data::escaped(text, room);
  std::string_view end = text.substr(text.size() - (room - 3));
  const auto inside_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; };
  while (!end.empty() && inside_character(end.front())) end.remove_prefix(1);
  return "..." + data::escaped(end, room - 3);
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string pause_text(std::int64_t microseconds) {
  const std::int64_t seconds = microseconds / core::microseconds_per_second;
  if (seconds < 60)
    return microseconds % core::microseconds_per_second == 0
               ? fmt::format("{}s", seconds)
               : fmt::format("{:.1f}s", static_cast<double>(microseconds) * 1e-6);
  if (seconds < 3600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h {:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d {:02}h", seconds / 86'400, seconds / 3600 % 24);
}

void put_events(Page& page, std::span<const SessionEvent> events) {
  page.line("  {:<19} {:<8} {:<14} {:<16} {:<8} {:>8}", "time (UTC)", "event", "product", "category", "brand", "price");
  for (std::size_t i = 0; i < events.size(); ++i) {
    const SessionEvent& event = events[i];
    if (i > 0 && events[i - 1].in_window && !event.in_window) page.line("  -- so far the model's window; later:");
    const std::string time =
        i == 0 ? core::format_time(event.time).substr(0, 19) : "+ " + pause_text(event.time - events[i - 1].time);
    page.line("  {:<19} {:<8} {:<14} {:<16} {:<8} {:>8}", time,
              event.type == EventType::remove_from_cart ? "remove" : name_of(event.type), cut(event.product, 14),
              cut(event.category(), 16), cut(event.brand, 8), event.price ? fmt::format("{:.2f}", *event.price) : "-");
  }
}

Json events_json(std::span<const SessionEvent> events) {
  Json list = Json::array();
  for (const SessionEvent& event : events)
    list.push_back({{"time", core::format_time(event.time)},
                    {"type", name_of(event.type)},
                    {"product", or_null(event.product)},
                    {"category_id", or_null(event.category_id)},
                    {"category_code", or_null(event.category_code)},
                    {"brand", or_null(event.brand)},
                    {"price", event.price ? Json(*event.price) : Json()},
                    {"in_window", event.in_window}});
  return list;
}

std::string event_words(const SessionEvent& event) {
  std::string words = event.product.empty() ? "no known product" : "product " + cut(event.product, 20);
  if (!event.category().empty()) words += ", " + cut(event.category(), 20);
  if (!event.brand.empty()) words += ", brand " + cut(event.brand, 10);
  if (event.price) words += fmt::format(", price {:.2f}", *event.price);
  return words;
}

}  // namespace cartwheel::report
