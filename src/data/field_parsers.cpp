#include "data/field_parsers.hpp"

#include <algorithm>
#include <array>

namespace cartwheel::data {
namespace {

constexpr std::array all_event_types{EventType::view, EventType::cart, EventType::remove_from_cart, EventType::purchase,
                                     EventType::other};

/// Decimals of a price: 10^4 = price_scale.
constexpr std::int64_t price_decimals = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The parts of a decimal number, not yet a value.
struct Decimal {
  bool negative = false;
  std::string_view digits;    ///< Digits, perhaps with one point among them.
  std::int64_t point = 0;     ///< How many digits stand before the point.
  std::int64_t exponent = 0;  ///< Of ten.
};

/// Beyond this, an exponent makes any number that is not 0 vanish or overflow.
constexpr std::int64_t largest_exponent = 1'000'000'000'000;

bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

std::optional<std::int64_t> parse_exponent(std::string_view text) {
  const bool negative = take_sign(text);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return {};
  std::int64_t exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), largest_exponent);
  return negative ? -exponent : exponent;
}

std::optional<Decimal> split_decimal(std::string_view text) {
  Decimal number;
  number.negative = take_sign(text);
  std::size_t used = 0, digits = 0;
  bool point_seen = false;
  for (; used < text.size() && (is_digit(text[used]) || (text[used] == '.' && !point_seen)); ++used) {
    if (is_digit(text[used]))
      ++digits;
    else {
      point_seen = true;
      number.point = static_cast<std::int64_t>(digits);
    }
  }
  if (digits == 0) return {};
  if (!point_seen) number.point = static_cast<std::int64_t>(digits);
  number.digits = text.substr(0, used);
  text.remove_prefix(used);
  if (text.empty()) return number;
  if (text.front() != 'e' && text.front() != 'E') return {};
  const auto exponent = parse_exponent(text.substr(1));
  if (!exponent) return {};
  number.exponent = *exponent;
  return number;
}

}  // namespace

ParsedPrice parse_price(std::string_view text) {
  const auto number = split_decimal(text);
  if (!number) return {0, PriceStatus::not_a_number};
  // Digits before this place make up the value; the first one from it on decides the rounding, together with whether
  // any digit behind it is not 0.
  const std::int64_t kept = number->point + number->exponent + price_decimals;
  std::int64_t value = 0, place = 0;
  int first_dropped = 0;
  bool more_dropped = false;
  for (const char c : number->digits) {
    if (c == '.') continue;
    const int digit = c - '0';
    if (place < kept) {
      value = value * 10 + digit;
      if (value > largest_price) return {0, PriceStatus::out_of_range};
    } else if (place == kept) {
      first_dropped = digit;
    } else {
      more_dropped |= digit != 0;
    }
    ++place;
  }
  for (; place < kept && value != 0; ++place) {  // zeros that the exponent stands for
    value *= 10;
    if (value > largest_price) return {0, PriceStatus::out_of_range};
  }
  // With kept < 0 no digit is the first dropped one: that one is a 0 which is not written.
  if (first_dropped > 5 || (first_dropped == 5 && (more_dropped || value % 2 == 1))) ++value;
  if (value > largest_price) return {0, PriceStatus::out_of_range};
  const bool rounded = first_dropped != 0 || more_dropped;
  return {number->negative ? -value : value, rounded ? PriceStatus::rounded : PriceStatus::exact};
}

std::optional<EventType> event_type_named(std::string_view name) {
  const auto found = std::ranges::find(all_event_types, name, name_of);
  return found == all_event_types.end() ? std::nullopt : std::optional(*found);
}

EventTypeParser::EventTypeParser() {
  for (const EventType type : all_event_types) names_.emplace_back(name_of(type), type);
  names_.emplace_back("addtocart", EventType::cart);
  names_.emplace_back("transaction", EventType::purchase);
}

void EventTypeParser::add(std::string_view name, EventType type) {
  const auto found = std::ranges::find(names_, name, &std::pair<std::string, EventType>::first);
  if (found == names_.end())
    names_.emplace_back(name, type);
  else
    found->second = type;
}

std::optional<EventType> EventTypeParser::parse(std::string_view name) const {
  const auto found = std::ranges::find(names_, name, &std::pair<std::string, EventType>::first);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace cartwheel::data
