#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace [[gnu::visibility("default")]] cartwheel {

enum class EventType : std::uint8_t { view, cart, remove_from_cart, purchase, other };

/// "view", "cart", "remove_from_cart", "purchase" or "other".
std::string_view name_of(EventType type);

/// Position of a string in a Dictionary; 0 is the missing value (the empty string).
using Code = std::uint32_t;
inline constexpr Code missing_code = 0;

/// Prices are int64 in 1/10,000 of a currency unit, so that sums are exact.
inline constexpr std::int64_t price_scale = 10'000;
inline constexpr std::int64_t missing_price = std::numeric_limits<std::int64_t>::min();
/// 10^11 units either way. More is refused, so that thousands of prices can be added without overflow.
inline constexpr std::int64_t largest_price = 1'000'000'000'000'000;

/// The distinct strings of one column, in order of first appearance. Codes mean nothing outside their log: whatever is
/// fitted stores strings. Non-owning: lives as long as the EventLog that handed it out.
class Dictionary {
 public:
  Dictionary() = default;
  /// @param ends  ends[c] is where string c ends in `text`; ends[0] is 0, because string 0 is empty. Never decreasing.
  Dictionary(std::span<const std::uint64_t> ends, std::string_view text) : ends_(ends), text_(text) {}

  /// Number of codes, the missing one included; at least 1 in a log.
  std::size_t size() const { return ends_.size(); }
  /// The string of `code`, which must be less than size().
  std::string_view operator[](Code code) const {
    const std::uint64_t begin = code == 0 ? 0 : ends_[code - 1];
    return text_.substr(begin, ends_[code] - begin);
  }
  std::span<const std::uint64_t> ends() const { return ends_; }
  std::string_view text() const { return text_; }

 private:
  std::span<const std::uint64_t> ends_;
  std::string_view text_;
};

/// One event, as codes of its log.
struct Event {
  std::int64_t time = 0;       ///< Microseconds since 1970-01-01 UTC.
  std::uint64_t sequence = 0;  ///< Position in the log, (file, offset): decides between equal times.
  std::int64_t price = missing_price;
  Code product = missing_code;
  Code category_id = missing_code;
  Code category_code = missing_code;
  Code brand = missing_code;
  Code user = missing_code;
  Code session = missing_code;
  EventType type = EventType::view;
};

/// An immutable log of events: columns of equal length, in the order of the files they came from. Copies share storage.
class EventLog {
 public:
  /// An empty log.
  EventLog();

  std::size_t size() const;

  std::span<const std::int64_t> time() const;  ///< Microseconds since 1970-01-01 UTC.
  std::span<const EventType> type() const;
  std::span<const Code> product() const;
  std::span<const Code> category_id() const;
  std::span<const Code> category_code() const;
  std::span<const Code> brand() const;
  std::span<const Code> user() const;
  /// All missing where the source had no session column: sessions are then found by inactivity.
  std::span<const Code> session() const;
  std::span<const std::int64_t> price() const;  ///< 1/10,000 of a unit; missing_price where there is none.

  const Dictionary& products() const;
  const Dictionary& category_ids() const;
  const Dictionary& category_codes() const;
  const Dictionary& brands() const;
  const Dictionary& users() const;
  const Dictionary& sessions() const;

  /// Row `row`, with `sequence` = row.
  Event event(std::size_t row) const;

  struct Storage;
  explicit EventLog(std::shared_ptr<const Storage> storage) : storage_(std::move(storage)) {}
  /// What stands behind the views; its definition is private to the library.
  const Storage& storage() const { return *storage_; }

 private:
  std::shared_ptr<const Storage> storage_;
};

/// One event as text and numbers, for EventLogBuilder. Empty texts are missing values.
struct EventFields {
  std::int64_t time = 0;
  EventType type = EventType::view;
  std::string_view product = {}, category_id = {}, category_code = {}, brand = {}, user = {}, session = {};
  std::int64_t price = missing_price;
};

/// Makes a log from events in memory. Codes are given in order of first appearance.
class EventLogBuilder {
 public:
  EventLogBuilder();
  ~EventLogBuilder();
  EventLogBuilder(EventLogBuilder&&) noexcept;
  EventLogBuilder& operator=(EventLogBuilder&&) noexcept;

  /// @throws DataError beyond 2^32 - 2 distinct strings in a column, for a time outside years 1 to 9999, and for a
  /// price that is neither missing nor in [-largest_price, largest_price]. The builder then stays as it was.
  void add(const EventFields& event);
  std::size_t size() const;
  /// The log; the builder is empty afterwards.
  EventLog build();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cartwheel
