#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::test {

/// What a random log looks like.
struct RandomLogShape {
  std::uint32_t events = 500;
  std::uint32_t users = 20;
  std::uint32_t sessions = 60;        ///< 0: the log names no session.
  std::uint32_t ticks = 300;          ///< Times are multiples of `tick` below ticks * tick: the fewer, the more ties.
  std::int64_t tick = 600'000'000;    ///< Microseconds; 10 minutes.
  std::uint32_t one_missing_in = 10;  ///< Every text and price is missing once in so many events; 0: never.
};

/// The fields of a log's events, owned, so that a test can change some of them.
struct OwnedEvent {
  std::int64_t time = 0;
  EventType type = EventType::view;
  std::string product, category_id, category_code, brand, user, session;
  std::int64_t price = missing_price;
};

/// Events in no order of time, with every kind of event, few values a column, and missing values.
inline std::vector<OwnedEvent> random_events(std::uint64_t seed, const RandomLogShape& shape) {
  core::RandomStream random(seed, core::RandomPurpose::generate);
  const auto is_missing = [&] { return shape.one_missing_in > 0 && random.below(shape.one_missing_in) == 0; };
  const auto text = [&](const char* name, std::uint32_t values) {
    return values == 0 || is_missing() ? std::string() : name + std::to_string(random.below(values));
  };
  std::vector<OwnedEvent> events(shape.events);
  for (OwnedEvent& event : events) {
    event.time = random.below(shape.ticks) * shape.tick;
    event.type = random.below(4) == 0 ? static_cast<EventType>(random.below(5)) : EventType::view;
    event.product = text("product", 30);
    event.category_id = text("", 8);
    event.category_code = text("shop.category", 5);
    event.brand = text("brand", 4);
    event.user = text("user", shape.users);
    event.session = text("session", shape.sessions);
    event.price = is_missing() ? missing_price : random.below(5'000'000);
  }
  return events;
}

inline EventLog make_log(const std::vector<OwnedEvent>& events) {
  EventLogBuilder builder;
  for (const OwnedEvent& e : events)
    builder.add({e.time, e.type, e.product, e.category_id, e.category_code, e.brand, e.user, e.session, e.price});
  return builder.build();
}

inline EventLog random_log(std::uint64_t seed, const RandomLogShape& shape = {}) {
  return make_log(random_events(seed, shape));
}

}  // namespace cartwheel::test
