#include "data/shop_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

#include "core/philox.hpp"
#include "core/time.hpp"

namespace cartwheel::data {
namespace {

constexpr std::uint32_t name_stream = 8;
constexpr std::int64_t seconds_per_day = 86'400;

char* put(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

void put_two_digits(std::int64_t number, char* out) {
  out[0] = static_cast<char>('0' + number / 10);
  out[1] = static_cast<char>('0' + number % 10);
}

/// Ten letters and digits, different for every session: 50 bits, stirred by steps that can all be undone.
char* put_session_name(std::uint64_t session, std::uint64_t key, char* out) {
  static constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyzA";
  constexpr std::uint64_t mask = (std::uint64_t{1} << 50) - 1;
  std::uint64_t bits = (session ^ key) & mask;
  for (const std::uint64_t factor : {0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u}) {
    bits = bits * factor & mask;
    bits ^= bits >> 25;
  }
  for (int i = 0; i < 10; ++i) *out++ = letters[bits >> (5 * i) & 31];
  return out;
}

/// Makes a row that no reader of logs can take. @param type, price_end  where these are. @return the row's new end.
char* damage_row(std::uint8_t way, char* begin, char* type, char* price_end, char* end) {
  switch (way) {
    case 1:  // cut off
      return begin + (type - begin) / 2;
    case 2:  // no time
      std::memcpy(begin, "????", 4);
      return end;
    case 3:  // no type
      *type = '#';
      return end;
    case 4:  // no price
      price_end[-1] = 'x';
      return end;
    default:
      return put(",more", end);
  }
}

}  // namespace

ShopRows::ShopRows(const ShopCatalogue& catalogue, std::uint64_t seed)
    : catalogue_(catalogue),
      name_key_(core::RandomStream(seed, core::RandomPurpose::generate, name_stream).next_bits()) {}

void ShopRows::set_time(std::int64_t time) {
  time_ = time;
  const std::int64_t day = time / seconds_per_day, second = time % seconds_per_day;
  if (day != day_) {
    day_ = day;
    const std::string text = core::format_date(time * core::microseconds_per_second) + " 00:00:00 UTC,";
    std::ranges::copy(text, time_text_.begin());
  }
  put_two_digits(second / 3600, &time_text_[11]);
  put_two_digits(second / 60 % 60, &time_text_[14]);
  put_two_digits(second % 60, &time_text_[17]);
}

char* ShopRows::add(const ShopEvent& event, char* out) {
  static constexpr std::array<std::string_view, 3> types{"view,", "cart,", "purchase,"};
  if (event.time != time_) set_time(event.time);
  char* const type = put({time_text_.data(), time_text_.size()}, out);
  char* const price_end =
      put(catalogue_.csv_fields(event.product), put(types[static_cast<std::size_t>(event.type)], type));
  char* end = price_end;
  *end++ = ',';
  // Every user has a number of its own, as far apart as the published ones.
  end = std::to_chars(end, end + 20, 1'515'915'625'000'000'000u + event.user * 977).ptr;
  *end++ = ',';
  end = put_session_name(event.session, name_key_, end);
  if (event.damage != 0) end = damage_row(event.damage, out, type, price_end, end);
  *end++ = '\n';
  return end;
}

}  // namespace cartwheel::data
