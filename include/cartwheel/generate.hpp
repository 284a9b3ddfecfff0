#pragma once

#include <cartwheel/progress.hpp>
#include <cstdint>
#include <functional>
#include <string_view>

namespace [[gnu::visibility("default")]] cartwheel {

/// A synthetic shop. Its figures follow those of a published electronics-store log of 885,129 events (2020-09-24 to
/// 2021-02-28), and hold within 2% at that size:
/// 490,398 sessions of 407,000 users; 6% cart and 4% purchase events; 27% of category codes and 24% of brands missing;
/// 53,000 products in 700 categories with 107 codes and 999 brands.
/// Larger logs have users and sessions in proportion, and products by the power 0.6. Few sessions are long (13% have
/// three events or more, up to 400), few products are popular, evenings and working days are busy, pauses last from
/// seconds to minutes. Some sessions mean to buy: more often with middling prices, a known brand and category, in the
/// evening, and for some users and those who come back. They stay with one product, put it into the cart and buy it, so
/// what is in the columns tells something, and not everything, about what is bought.
struct GenerateOptions {
  std::uint64_t events = 100'000;  ///< [1, 10^11]: exactly this many rows.
  std::uint64_t seed = 0;
  int days = 158;  ///< [1, 3650], from 2020-09-24.
  /// [1, 5,000,000] that can be seen; some may not be. 0: 53,900 at 885,129 events, in the power 0.6 for other sizes,
  /// at most a million.
  std::uint32_t products = 0;
  std::uint32_t categories = 107;  ///< Category codes: [1, 10,000]; there are 700 category ids for 107 codes.
  std::uint32_t brands = 999;      ///< [1, 100,000].
  double category_missing = 0.27;  ///< Share of events without a category code, about: [0, 1].
  double brand_missing = 0.24;     ///< Share of events without a brand, about: [0, 1].
  double cart_rate = 0.06;         ///< Share of cart events, about; purchases go with it: [0, 0.15].
  double seasonality = 1.0;        ///< How far hours and weekdays differ in traffic: 0 not at all, [0, 3].
  double signal = 1.0;             ///< How much the columns tell of the intent to buy: 0 very little, [0, 3].
  double malformed = 0.0;          ///< Share of rows that are no rows of a log, in five ways: [0, 1].
  ProgressCallback progress = {};
};

/// Writes a CSV log with the columns event_time, event_type, product_id, category_id, category_code, brand, price,
/// user_id, user_session, in time order. Same options, same bytes, for any number of threads. Memory does not grow with
/// the log beyond its catalogue (110 bytes a product) and the events still to come of the sessions that are open at one
/// time; 40 MB a thread.
/// @param write  receives the text in pieces, in order, one at a time but perhaps on another thread than the caller's.
/// @throws ParameterError for options out of range, Cancelled if the progress callback says so.
void generate_events(const GenerateOptions& options, const std::function<void(std::string_view)>& write);

}  // namespace cartwheel
