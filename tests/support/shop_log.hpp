#pragma once

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <string>
#include <vector>

#include "core/philox.hpp"
#include "core/time.hpp"
#include "support/random_log.hpp"

namespace cartwheel::test {

/// What a small shop's log looks like.
struct ShopShape {
  int days = 40;
  int sessions = 900;
  std::int64_t begin = 1'470'009'600'000'000;  ///< 2016-08-01.
};

/// Sessions of 2 to 6 events over some minutes, a quarter of them over many hours. Who looks at the same cheap product
/// again is likely to put it into the cart, so models have something to learn. In order of time, as a shop would log
/// them.
inline std::vector<OwnedEvent> shop_events(std::uint64_t seed, const ShopShape& shape = {}) {
  core::RandomStream random(seed, core::RandomPurpose::generate);
  std::vector<OwnedEvent> events;
  for (int s = 0; s < shape.sessions; ++s) {
    const bool keen = random.below(3) == 0;
    const bool slow = random.below(4) == 0;
    std::int64_t time = shape.begin + static_cast<std::int64_t>(random.uniform() * shape.days *
                                                                static_cast<double>(core::microseconds_per_day));
    const std::int64_t end = shape.begin + shape.days * core::microseconds_per_day;
    const std::uint32_t length = 2 + random.below(5);
    std::uint32_t product = random.below(40);
    for (std::uint32_t e = 0; e < length && time < end; ++e) {
      if (!keen || random.below(3) == 0) product = random.below(40);
      OwnedEvent event;
      event.time = time;
      event.type = random.uniform() < (keen ? 0.35 : 0.06) ? EventType::cart : EventType::view;
      event.product = "product" + std::to_string(product);
      event.category_id = std::to_string(product % 7);
      event.category_code = product % 4 == 0 ? "" : "shop.category" + std::to_string(product % 5);
      event.brand = product % 3 == 0 ? "" : "brand" + std::to_string(product % 6);
      event.user = "user" + std::to_string(random.below(300));
      event.session = "session" + std::to_string(s);
      event.price = (keen ? 200'000 : 900'000) + random.below(600'000);
      events.push_back(event);
      time += (slow ? 4 * core::microseconds_per_hour : 0) + random.below(300) * core::microseconds_per_second;
    }
  }
  std::ranges::stable_sort(events, {}, &OwnedEvent::time);
  return events;
}

inline SessionTable sessions_of(const std::vector<OwnedEvent>& events, const SessionOptions& options) {
  Account account;
  return build_sessions(make_log(events), options, account);
}

}  // namespace cartwheel::test
