#pragma once

#include <cartwheel/generate.hpp>
#include <cstdint>
#include <string_view>

#include "core/philox.hpp"
#include "data/shop_catalogue.hpp"
#include "data/shop_visits.hpp"

namespace cartwheel::data {

enum class ShopEventType : std::uint8_t { view, cart, purchase };

/// One row of the log that is to be.
struct ShopEvent {
  std::int64_t time;      ///< Seconds since 1970.
  std::uint64_t session;  ///< By number.
  std::uint64_t user;
  std::uint32_t product;
  ShopEventType type;
  std::uint8_t damage;  ///< 0: none; else in which way the row is malformed.
};
inline constexpr std::uint32_t ways_to_damage = 5;

/// How the sessions of a synthetic shop go. Each is a pure function of its number.
class ShopSessions {
 public:
  explicit ShopSessions(const GenerateOptions& options);

  const ShopVisits& visits() const { return visits_; }
  const ShopCatalogue& catalogue() const { return catalogue_; }

  /// Calls take(event) for each event of a session, in order.
  template <class Take>
  void walk(std::uint64_t number, const Take& take) const {
    Walk session = begin(number);
    for (std::uint32_t left = visits_.length(number);;) {
      take(next_event(session));
      if (--left == 0) return;
      advance(session);
    }
  }

 private:
  struct Targets {
    double cart, purchase;
    Targets operator*(double factor) const { return {cart * factor, purchase * factor}; }
  };
  /// A session on its way.
  struct Walk {
    std::int64_t time;  ///< Of its next event.
    std::uint64_t number, user;
    std::uint32_t product;  ///< What the next event is about.
    std::uint32_t favourite;
    bool intent;
    bool in_cart = false, first = true;
    core::RandomStream random, damage;
  };

  Walk begin(std::uint64_t number) const;
  ShopEvent next_event(Walk& session) const;
  void advance(Walk& session) const;
  ShopEventType type_of_event(Walk& session) const;
  double intercept() const;

  std::uint64_t seed_;
  double signal_, malformed_;
  Targets first_event_, later_event_, after_cart_, browsing_;
  double shopping_repeat_, browsing_repeat_;
  double shopping_pause_, browsing_pause_;  ///< Means of the logarithm of seconds.
  ShopVisits visits_;
  ShopCatalogue catalogue_;
  double intercept_;
};

}  // namespace cartwheel::data
