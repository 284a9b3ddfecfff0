#pragma once

#include <array>
#include <cartwheel/event_log.hpp>
#include <cartwheel/exploration.hpp>
#include <cstdint>
#include <vector>

#include "exploration/calendar.hpp"

namespace cartwheel::exploration {

/// The earliest and the latest time of a log, and how many events come after a later one.
struct TimeOrder {
  std::int64_t first = 0, last = 0;
  std::uint64_t out_of_order = 0;
};
TimeOrder time_order(const EventLog& log);

/// Views, carts and purchases of one code.
struct SalesCounts {
  std::uint64_t views = 0, carts = 0, purchases = 0;
  SalesCounts& operator+=(const SalesCounts& more) {
    views += more.views;
    carts += more.carts;
    purchases += more.purchases;
    return *this;
  }
};

/// What is counted event by event, whatever the sessions.
struct EventCounts {
  TypeCounts types{};
  std::vector<TypeCounts> days;
  std::array<TypeCounts, 7> weekdays{};
  std::array<TypeCounts, 24> hours{};
  std::vector<SalesCounts> categories, brands, products;  ///< By code.
  /// Of product_id, category_id, category_code, brand, price, user_id, user_session.
  std::array<std::uint64_t, 7> missing{};
  std::uint64_t negative_prices = 0, zero_prices = 0;

  void add(const EventCounts& more);
};
EventCounts count_events(const EventLog& log, const Calendar& calendar, const ProgressCallback& progress);

}  // namespace cartwheel::exploration
