#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// From the text of one field to its value. Times are read by core's parse_time.
namespace cartwheel::data {

enum class PriceStatus : std::uint8_t {
  exact,
  rounded,       ///< Had more than 4 decimals: the nearest 1/10,000, the even one of two equally near.
  not_a_number,  ///< Not a decimal number; NaN and infinity are among these.
  out_of_range,  ///< Beyond largest_price either way.
};

struct ParsedPrice {
  std::int64_t value = 0;  ///< In 1/10,000; 0 unless exact or rounded.
  PriceStatus status = PriceStatus::not_a_number;
  friend bool operator==(const ParsedPrice&, const ParsedPrice&) = default;
};

/// Reads a decimal number as a fixed-point price, without a float on the way: an optional sign, digits with at most one
/// point among them, and an optional exponent ("12.34", "-5", "+.5", "7.", "1e2", "1.25E-1"). Nothing else is taken: no
/// spaces, no thousands separators.
ParsedPrice parse_price(std::string_view text);

/// The names of event types in files: name_of's, "addtocart" and "transaction", and names that the user adds.
class EventTypeParser {
 public:
  EventTypeParser();
  /// `name` stands for `type` from now on, whatever it stood for before.
  void add(std::string_view name, EventType type);
  /// Nothing for an unknown name; upper and lower case differ.
  std::optional<EventType> parse(std::string_view name) const;
  const std::vector<std::pair<std::string, EventType>>& names() const { return names_; }

 private:
  std::vector<std::pair<std::string, EventType>> names_;
};

/// The type that name_of calls `name`, if any.
std::optional<EventType> event_type_named(std::string_view name);

}  // namespace cartwheel::data
