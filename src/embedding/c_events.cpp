#include "embedding/c_events.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <optional>
#include <string_view>

#include "embedding/last_error.hpp"

namespace cartwheel::embedding {
namespace {

static_assert(int{CARTWHEEL_VIEW} == static_cast<int>(EventType::view));
static_assert(int{CARTWHEEL_CART} == static_cast<int>(EventType::cart));
static_assert(int{CARTWHEEL_REMOVE_FROM_CART} == static_cast<int>(EventType::remove_from_cart));
static_assert(int{CARTWHEEL_PURCHASE} == static_cast<int>(EventType::purchase));
static_assert(int{CARTWHEEL_OTHER} == static_cast<int>(EventType::other));
static_assert(CARTWHEEL_NO_PRICE == missing_price);

std::string_view text_of(const char* text) { return text == nullptr ? std::string_view() : std::string_view(text); }

EventFields fields_of(const cartwheel_event& event) {
  if (event.type < CARTWHEEL_VIEW || event.type > CARTWHEEL_OTHER)
    throw DataError(fmt::format("its type is {}; it must be a cartwheel_event_type", event.type));
  return {.time = event.time,
          .type = static_cast<EventType>(event.type),
          .product = text_of(event.product),
          .category_id = text_of(event.category_id),
          .category_code = text_of(event.category_code),
          .brand = text_of(event.brand),
          .user = text_of(event.user),
          .session = text_of(event.session),
          .price = event.price};
}

/// @param session  what all events are said to belong to, in place of what they say.
EventLog log_of(std::span<const cartwheel_event> events, std::optional<std::string_view> session) {
  EventLogBuilder builder;
  for (std::size_t i = 0; i < events.size(); ++i) try {
      EventFields fields = fields_of(events[i]);
      if (session) fields.session = *session;
      builder.add(fields);
    } catch (const DataError& error) {
      throw DataError(fmt::format("events[{}]: {}", i, error.what()));
    }
  return builder.build();
}

}  // namespace

std::span<const cartwheel_event> checked_events(const cartwheel_event* events, std::size_t count) {
  if (count > 0) require(events, "events");
  return {events, count};
}

EventLog log_of(std::span<const cartwheel_event> events) { return log_of(events, std::nullopt); }

SessionTable single_session(std::span<const cartwheel_event> events, const SessionOptions& options) {
  if (events.empty()) throw NoScore("a session without events has no score");
  Account account;
  SessionTable sessions = build_sessions(log_of(events, "session"), options, account);
  if (sessions.size() == 1) return sessions;
  if (events.size() < static_cast<std::size_t>(options.size) && options.short_sessions == ShortSessions::leave_out)
    throw NoScore(fmt::format("the session has no score yet: it has {} event{}, and the model looks at the first {}",
                              events.size(), events.size() == 1 ? "" : "s", options.size));
  throw NoScore(
      fmt::format("the session has no score: a target is among its first {} events, and the model was fitted "
                  "to tell what happens after them",
                  options.size));
}

}  // namespace cartwheel::embedding
