#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/philox.hpp"
#include "core/time.hpp"
#include "support/shop_log.hpp"

/// Ways to change the future, which nothing that was fitted before may notice.
namespace cartwheel::test {

struct Perturbation {
  const char* name;
  /// Changes one event that is later than `end`, the end of training.
  std::function<void(OwnedEvent&, core::RandomStream&, std::int64_t end)> change;
  bool erase = false, insert = false;
};

inline const std::vector<Perturbation>& perturbations() {
  static const std::vector<Perturbation> all{
      {"alter",
       [](OwnedEvent& event, core::RandomStream& random, std::int64_t) {
         event.type = random.below(2) == 0 ? EventType::purchase : EventType::remove_from_cart;
         event.product = "another product";
         event.category_code = event.brand = "";
         event.price = random.below(99'000'000);
         event.user = "user" + std::to_string(random.below(300));
       }},
      {"delete", [](OwnedEvent&, core::RandomStream&, std::int64_t) {}, true},
      {"insert",
       [](OwnedEvent& event, core::RandomStream& random, std::int64_t end) {
         event.type = EventType::cart;
         event.session = "session" + std::to_string(random.below(900));  // of any session, also of those before the end
         event.time = end + 1 + random.below(60) * 60'000'000;
         event.brand = "a brand never seen";
       },
       false, true},
      {"retime",
       [](OwnedEvent& event, core::RandomStream& random, std::int64_t end) {
         event.time = std::max(end + 1, event.time - random.below(200) * core::microseconds_per_hour);
       }},
      {"swap sessions", [](OwnedEvent& event, core::RandomStream& random,
                           std::int64_t) { event.session = "session" + std::to_string(random.below(900)); }},
  };
  return all;
}

/// Changes a third of the events later than `end`; the last event of all stays, and so does the number of batches.
inline std::vector<OwnedEvent> perturbed(const std::vector<OwnedEvent>& events, const Perturbation& how,
                                         std::int64_t end, std::uint64_t seed) {
  core::RandomStream random(seed, core::RandomPurpose::permutation);
  std::vector<OwnedEvent> out;
  for (std::size_t i = 0; i < events.size(); ++i) {
    OwnedEvent event = events[i];
    const bool hit = event.time > end && i + 1 < events.size() && random.below(3) == 0;
    if (!hit) {
      out.push_back(event);
      continue;
    }
    if (how.erase) continue;
    if (how.insert) out.push_back(event);
    how.change(event, random, end);
    out.push_back(event);
  }
  return out;
}

}  // namespace cartwheel::test
