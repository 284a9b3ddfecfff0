#pragma once

#include <array>
#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace cartwheel {

namespace data {

struct Reading;

/// The columns that hold text, by their place in every array of such columns (and in a cache).
enum class TextColumn : std::size_t { product, category_id, category_code, brand, user, session };
inline constexpr std::size_t text_column_count = 6;

template <class T>
using ByTextColumn = std::array<T, text_column_count>;

/// Times lie in years 0001 to 9999, so that differences and sums with a duration do not overflow.
inline constexpr std::int64_t earliest_time = -62'135'596'800'000'000;
inline constexpr std::int64_t latest_time = 253'402'300'799'999'999;

constexpr bool is_time(std::int64_t time) { return time >= earliest_time && time <= latest_time; }
constexpr bool is_price(std::int64_t price) {
  return price == missing_price || (price >= -largest_price && price <= largest_price);
}

}  // namespace data

/// The columns of a log as views, and whatever keeps the memory behind them: vectors, or a mapped cache.
struct EventLog::Storage {
  std::span<const std::int64_t> time;
  std::span<const EventType> type;
  std::span<const std::int64_t> price;
  data::ByTextColumn<std::span<const Code>> codes;
  data::ByTextColumn<Dictionary> dictionaries;
  std::shared_ptr<const void> owner;
  /// Where the log was read from, and what happened; null for a log that was made in memory.
  std::shared_ptr<const data::Reading> reading;

  const std::span<const Code>& codes_of(data::TextColumn column) const {
    return codes[static_cast<std::size_t>(column)];
  }
  const Dictionary& dictionary_of(data::TextColumn column) const {
    return dictionaries[static_cast<std::size_t>(column)];
  }
};

}  // namespace cartwheel
