#pragma once

#include <array>
#include <bit>
#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "data/field_parsers.hpp"
#include "data/hashed_text.hpp"

/// The usual forms of times, prices and event types, eight characters at a time. Each gives nothing for what it does
/// not know, which core's parse_time, parse_price and EventTypeParser then decide; where it gives a value, it is
/// theirs. Fields must have padded_text::padding readable bytes from their begin on.
namespace cartwheel::data {

/// "2021-02-28 19:13:22", with nothing, " UTC", "Z" or "+00:00" behind it, and perhaps a T between date and time.
class CommonTime {
 public:
  std::optional<std::int64_t> parse(const char* text, std::size_t size) {
    if (size < 19 || !is_utc(text + 19, size - 19) || (text[10] != ' ' && text[10] != 'T')) return {};
    const std::optional<std::int64_t> in_day = time_of_day(text + 11);
    if (!in_day) return {};
    std::uint64_t year_and_month;
    std::uint16_t day;
    std::memcpy(&year_and_month, text, sizeof year_and_month);
    std::memcpy(&day, text + 8, sizeof day);
    Day& known = days_[((year_and_month >> 48) * 31 + (day >> 8) + (day & 15u) * 10) % days_.size()];
    if (known.year_and_month != year_and_month || known.day != day) {
      const std::optional<std::int64_t> start = start_of_date(std::string_view(text, 10));
      if (!start) return {};
      known = {year_and_month, *start, day};
    }
    return known.start + *in_day;
  }

 private:
  struct Day {
    std::uint64_t year_and_month = 0;
    std::int64_t start = 0;
    std::uint16_t day = 0;
  };

  static bool is_utc(const char* text, std::size_t size) {
    std::uint32_t word;
    std::memcpy(&word, text, sizeof word);
    switch (size) {
      case 0:
        return true;
      case 1:
        return *text == 'Z';
      case 4:
        return std::memcmp(&word, " UTC", sizeof word) == 0;
      case 6:
        return std::memcmp(text, "+00:00", 6) == 0;
      default:
        return false;
    }
  }
  /// Microseconds of "19:13:22".
  static std::optional<std::int64_t> time_of_day(const char* text);
  static std::optional<std::int64_t> start_of_date(std::string_view text);

  std::array<Day, 256> days_;  ///< Dates seen lately: a log has few, and most rows repeat that of the row before.
};

inline std::optional<std::int64_t> CommonTime::time_of_day(const char* text) {
  constexpr std::uint64_t top_bits = 0x8080808080808080;
  std::uint64_t word, zero, above;
  std::memcpy(&word, text, sizeof word);
  std::memcpy(&zero, "00:00:00", sizeof zero);
  // A byte that is larger than the largest digit of its place reaches its top bit.
  std::memcpy(&above, "\x7d\x76\x7f\x7a\x76\x7f\x7a\x76", sizeof above);
  const std::uint64_t digits = word ^ zero;
  if (((digits | (digits + above)) & top_bits) != 0) return {};
  const std::uint64_t pairs = digits * 10 + (digits >> 8);
  const auto hours = static_cast<std::int64_t>(pairs & 0xff), minutes = static_cast<std::int64_t>(pairs >> 24 & 0xff),
             seconds = static_cast<std::int64_t>(pairs >> 48 & 0xff);
  if (hours > 23) return {};
  return ((hours * 60 + minutes) * 60 + seconds) * 1'000'000;
}

/// A price of at most 8 characters, digits with at most one point and 4 decimals, in 1/10,000.
inline std::optional<std::int64_t> parse_common_price(const char* text, std::size_t size) {
  constexpr std::uint64_t each = 0x0101010101010101, zeros = '0' * each, top_bits = 0x80 * each;
  constexpr std::array<std::int64_t, 5> scale{10'000, 1'000, 100, 10, 1};
  if (size - 1 > 7) return {};
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  // Moved to the end of the 8 bytes, zeros before it.
  if (size < 8) word = word << (64 - 8 * size) | zeros >> 8 * size;
  std::uint64_t digits = word ^ zeros;
  const std::uint64_t point_like = digits ^ ('.' ^ '0') * each;
  const std::uint64_t points = (point_like - each) & ~point_like & top_bits;  // the first set bit is right
  std::size_t decimals = 0;
  if (points != 0) {
    const int place = std::countr_zero(points) / 8;
    decimals = static_cast<std::size_t>(7 - place);
    if (decimals > 4 || size == 1) return {};
    const std::uint64_t before = (std::uint64_t{1} << 8 * place) - 1;
    const std::uint64_t behind = place == 7 ? 0 : ~std::uint64_t{0} << 8 * (place + 1);
    digits = (digits & before) << 8 | (digits & behind);
  }
  if (((digits | (digits + 0x76 * each)) & top_bits) != 0) return {};
  digits = digits * 10 + (digits >> 8);
  digits = ((digits & 0x000000ff000000ff) * (100 + (std::uint64_t{1'000'000} << 32)) +
            (digits >> 16 & 0x000000ff000000ff) * (1 + (std::uint64_t{10'000} << 32))) >>
           32;
  return static_cast<std::int64_t>(digits & 0xffffffff) * scale[decimals];
}

/// Event types whose names have up to padded_text::padding bytes.
class CommonTypes {
 public:
  explicit CommonTypes(const EventTypeParser& all) {
    for (const auto& [name, type] : all.names()) {
      if (name.size() > padded_text::padding) continue;
      Name& known = names_.emplace_back(Name{{}, name.size(), type});
      name.copy(known.text, name.size());
    }
  }
  std::optional<EventType> find(const char* text, std::size_t size) const {
    for (const Name& known : names_)
      if (padded_text::equal({text, size}, {known.text, known.size})) return known.type;
    return {};
  }

 private:
  struct Name {
    char text[padded_text::padding];
    std::size_t size;
    EventType type;
  };
  std::vector<Name> names_;
};

}  // namespace cartwheel::data
