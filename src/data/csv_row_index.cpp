#include "data/csv_row_index.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "core/dispatched.hpp"

namespace cartwheel::data {
namespace {

constexpr std::size_t steps_at_once = 64;  // their bits stay in the first-level cache
/// Offsets are 32 bits wide; a record that goes on behind this is odd.
constexpr std::size_t longest_stretch = std::size_t{1} << 31;

/// Bit i: whether an odd number of the bits 0 to i is set.
std::uint64_t parity_so_far(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

CsvRowIndex::CsvRowIndex(std::size_t columns, char delimiter, FindCsvBytes find)
    : columns_(columns), delimiter_(delimiter), find_(find) {}

[[gnu::always_inline]] inline CsvRowIndex::Ends CsvRowIndex::find_ends(const CsvBytes& bytes, Carry& carry) {
  const std::uint64_t line_bytes = bytes.line_feed | bytes.carriage_return;
  // Of CR LF, the CR ends the row; the LF belongs to nothing.
  Ends ends{0, bytes.carriage_return | (bytes.line_feed & ~(bytes.carriage_return << 1 | carry.after_return)), 0};
  ends.fields = bytes.delimiter | ends.rows;
  carry.after_return = bytes.carriage_return >> 63;
  std::uint64_t before_opening = bytes.delimiter | line_bytes;
  if ((bytes.quote | carry.inside | carry.after_quote) != 0) {
    const std::uint64_t inside = parity_so_far(bytes.quote) ^ carry.inside;
    const std::uint64_t opening = bytes.quote & inside, closing = bytes.quote & ~inside;
    before_opening &= ~inside;
    ends.rows &= ~inside;
    ends.fields &= ~inside;
    ends.odd = ((closing << 1 | carry.after_quote) & ~(before_opening | opening));
    before_opening |= closing;
    ends.odd |= opening & ~(before_opening << 1 | carry.may_open);
    carry.inside = inside >> 63 != 0 ? ~std::uint64_t{0} : 0;
    carry.after_quote = closing >> 63;
  }
  carry.may_open = before_opening >> 63;
  if (ends.odd != 0) {
    const std::uint64_t before_odd = (ends.odd & (0 - ends.odd)) - 1;
    ends.fields &= before_odd;
    ends.rows &= before_odd;
  }
  return ends;
}

/// Adds what 64 bytes at `offset` hold; false, with the reason, where the search stops.
[[gnu::always_inline]] inline bool CsvRowIndex::take_step(const CsvBytes& bytes, std::uint32_t offset,
                                                          std::uint32_t range, Stop& stop) {
  const Ends ends = find_ends(bytes, carry_);
  const std::size_t before = ends_.size();
  std::uint32_t* out = ends_.data() + before;  // there is room for 64, and 8 more
  for (std::uint64_t fields = ends.fields; fields != 0;) {
    for (int i = 0; i < 8; ++i) {  // more than there are, because counting first is slower than overwriting
      *out++ = offset + static_cast<std::uint32_t>(std::countr_zero(fields));
      fields &= fields - 1;
    }
  }
  ends_.resize(before + static_cast<std::size_t>(std::popcount(ends.fields)));
  for (std::uint64_t rows = ends.rows; rows != 0; rows &= rows - 1) {
    const std::uint64_t up_to_row_end = rows ^ (rows - 1);
    const std::size_t fields = before + static_cast<std::size_t>(std::popcount(ends.fields & up_to_row_end));
    if (fields - row_fields_ != columns_) {
      stop = Stop::odd_record;
      return false;
    }
    begins_.push_back(row_begin_);
    row_fields_ = fields;
    const std::uint32_t end = ends_[fields - 1];
    row_begin_ = end + (text_[end] == '\r' && end + 1 < length_ && text_[end + 1] == '\n' ? 2 : 1);
    if (row_begin_ >= range) {
      stop = Stop::range_end;
      return false;
    }
  }
  if (ends.odd != 0) stop = Stop::odd_record;
  return ends.odd == 0;
}

CARTWHEEL_DISPATCHED CsvRowIndex::Stop CsvRowIndex::find_rows(std::string_view text, std::size_t begin,
                                                              std::size_t end) {
  text_ = text.data() + begin;
  origin_ = begin;
  carry_ = {};
  row_fields_ = row_begin_ = 0;
  ends_.resize(0);
  begins_.resize(0);
  const std::size_t length = length_ = std::min(text.size() - begin, longest_stretch);
  const auto range = static_cast<std::uint32_t>(std::min(end - begin, longest_stretch));
  Stop stop = length < text.size() - begin ? Stop::odd_record : Stop::text_end;
  std::array<CsvBytes, steps_at_once> bytes;
  bool going_on = range > 0;
  if (!going_on) stop = Stop::range_end;
  for (std::size_t at = 0; going_on && at < length; at += steps_at_once * CsvBytes::width) {
    const std::size_t steps = std::min(steps_at_once, (length - at + CsvBytes::width - 1) / CsvBytes::width);
    find_(text_ + at, delimiter_, std::span(bytes).first(steps));
    if (const std::size_t used = length - at; used < steps * CsvBytes::width) {  // what lies behind the text is nothing
      const std::uint64_t of_text = (std::uint64_t{1} << used % CsvBytes::width) - 1;
      for (std::uint64_t* const bits : {&bytes[steps - 1].delimiter, &bytes[steps - 1].quote,
                                        &bytes[steps - 1].line_feed, &bytes[steps - 1].carriage_return})
        *bits &= of_text;
    }
    ends_.reserve(ends_.size() + steps * CsvBytes::width + 8);
    for (std::size_t step = 0; going_on && step < steps; ++step)
      going_on = take_step(bytes[step], static_cast<std::uint32_t>(at + step * CsvBytes::width), range, stop);
  }
  next_ = begin + row_begin_;
  return stop;
}

}  // namespace cartwheel::data
