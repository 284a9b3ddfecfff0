#pragma once

#include <fmt/format.h>

#include <span>
#include <string>

#include "core/time.hpp"
#include "support/random_log.hpp"

namespace cartwheel::test {

/// An event as POST /v1/score and, with its user and session, POST /v1/events take it. Its texts need no escapes.
inline std::string event_json(const OwnedEvent& e, bool with_session) {
  std::string json = fmt::format(
      R"({{"event_time":"{}","event_type":"{}","product_id":"{}","category_id":"{}","category_code":"{}","brand":"{}")",
      core::format_time(e.time), name_of(e.type), e.product, e.category_id, e.category_code, e.brand);
  if (e.price != missing_price)
    json += fmt::format(R"(,"price":{}.{:04})", e.price / price_scale, e.price % price_scale);
  if (with_session) json += fmt::format(R"(,"user_id":"{}","user_session":"{}")", e.user, e.session);
  return json + "}";
}

/// The body of POST /v1/events.
inline std::string events_json(std::span<const OwnedEvent> events) {
  std::string json = R"({"events":[)";
  for (const OwnedEvent& e : events) json += event_json(e, true) + ",";
  json.back() = ']';
  return json + "}";
}

/// The body of POST /v1/score, for a session of these events.
inline std::string session_json(std::span<const OwnedEvent> events) {
  std::string json =
      fmt::format(R"({{"user_id":"{}","user_session":"{}","events":[)", events[0].user, events[0].session);
  for (const OwnedEvent& e : events) json += event_json(e, false) + ",";
  json.back() = ']';
  return json + "}";
}

}  // namespace cartwheel::test
