#include "core/time.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <limits>

namespace cartwheel::core {
namespace {

using Days = std::chrono::sys_days;

std::chrono::year_month_day date_of(std::int64_t time) {
  return std::chrono::year_month_day(Days(std::chrono::days(floor_divide(time, microseconds_per_day))));
}

/// Takes pieces off the front of a text.
struct Cursor {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (rest.size() < count) return {};
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return {};
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return value;
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> parse_epoch(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 17) return {};
  std::int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return {};
    value = value * 10 + (c - '0');
  }
  if (value < 100'000'000'000)
    value *= 1'000'000;
  else if (value < 100'000'000'000'000)
    value *= 1'000;
  return negative ? -value : value;
}

/// Offset of a zone from UTC in microseconds: "", "Z", " UTC", "+01", "+0130", "+01:30".
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z" || text == " UTC" || text == "UTC" || text == " GMT") return 0;
  Cursor cursor{text};
  cursor.take(' ');
  int sign = 0;
  if (cursor.take('+'))
    sign = 1;
  else if (cursor.take('-'))
    sign = -1;
  else
    return {};
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 23) return {};
  std::optional<int> minutes = 0;
  if (!cursor.rest.empty()) {
    cursor.take(':');
    minutes = cursor.digits(2);
  }
  if (!minutes || *minutes > 59 || !cursor.rest.empty()) return {};
  return sign * (*hours * 60 + *minutes) * 60 * microseconds_per_second;
}

}  // namespace

std::string format_date(std::int64_t time) {
  const auto date = date_of(time);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string format_time(std::int64_t time) {
  const std::int64_t in_day = time - day_start(time);
  const std::int64_t seconds = in_day / microseconds_per_second, fraction = in_day % microseconds_per_second;
  std::string text =
      fmt::format("{} {:02}:{:02}:{:02}", format_date(time), seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (fraction != 0) {
    text += fmt::format(".{:06}", fraction);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text == "0") return 0;
  if (text.empty()) return {};
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t value = 0;
    std::size_t used = 0;
    while (used < text.size() && is_digit(text[used])) {
      value = value * 10 + (text[used++] - '0');
      if (value > 1'000'000'000'000) return {};
    }
    if (used == 0 || used == text.size()) return {};
    std::int64_t unit = 0;
    switch (text[used]) {
      case 'd':
        unit = microseconds_per_day;
        break;
      case 'h':
        unit = microseconds_per_hour;
        break;
      case 'm':
        unit = 60 * microseconds_per_second;
        break;
      case 's':
        unit = microseconds_per_second;
        break;
      default:
        return {};
    }
    if (value > (std::numeric_limits<std::int64_t>::max() / 4 - total) / unit) return {};
    total += value * unit;
    text.remove_prefix(used + 1);
  }
  return total;
}

std::string format_duration(std::int64_t duration) {
  struct Unit {
    std::int64_t size;
    char letter;
  };
  constexpr std::array<Unit, 3> units{
      {{microseconds_per_day, 'd'}, {microseconds_per_hour, 'h'}, {60 * microseconds_per_second, 'm'}}};
  for (const auto& [size, letter] : units)
    if (duration != 0 && duration % size == 0) return fmt::format("{}{}", duration / size, letter);
  return fmt::format("{}s", duration / microseconds_per_second);
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Cursor cursor{text};
  const auto year = cursor.digits(4);
  if (!year || !cursor.take('-')) return parse_epoch(text);
  const auto month = cursor.digits(2);
  if (!month || !cursor.take('-')) return {};
  const auto day = cursor.digits(2);
  if (!day || *year < 1) return {};
  const auto date = std::chrono::year(*year) / *month / *day;
  if (!date.ok()) return {};
  std::int64_t time = std::int64_t{Days(date).time_since_epoch().count()} * microseconds_per_day;
  if (cursor.rest.empty()) return time;
  if (!cursor.take('T') && !cursor.take('t') && !cursor.take(' ')) return {};
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 23 || !cursor.take(':')) return {};
  const auto minutes = cursor.digits(2);
  if (!minutes || *minutes > 59) return {};
  time += (*hours * 60 + *minutes) * 60 * microseconds_per_second;
  if (cursor.take(':')) {
    const auto seconds = cursor.digits(2);
    if (!seconds || *seconds > 59) return {};
    time += *seconds * microseconds_per_second;
    if (cursor.take('.') || cursor.take(',')) {
      if (cursor.rest.empty() || !is_digit(cursor.rest.front())) return {};
      for (std::int64_t unit = microseconds_per_second / 10; !cursor.rest.empty() && is_digit(cursor.rest.front());
           unit /= 10) {
        time += (cursor.rest.front() - '0') * unit;
        cursor.rest.remove_prefix(1);
      }
    }
  }
  const auto offset = parse_zone(cursor.rest);
  if (!offset) return {};
  return time - *offset;
}

}  // namespace cartwheel::core
