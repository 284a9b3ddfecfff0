#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/growing_array.hpp"
#include "data/csv_bytes.hpp"

namespace cartwheel::data {

/// Bytes that must be readable (they may hold anything) behind a text that is read in steps of 64 bytes.
inline constexpr std::size_t text_padding = CsvBytes::width;

/// A field as it lies in the text, without its quotes.
struct CsvField {
  const char* begin;
  std::size_t size;
  bool quoted;  ///< May hold "" for ".
};

/// The even rows of a stretch of CSV: those that have a field for each column, a line end, and quotes only around whole
/// fields and in pairs inside them. Everything else is odd, and left to CsvReader, whose rules these are.
class CsvRowIndex {
 public:
  enum class Stop : std::uint8_t {
    range_end,  ///< The next record begins at or behind the end of the range.
    odd_record,
    text_end,  ///< The next record has no line end, or there is none.
  };

  /// @param columns  fields of an even row, at least 2.
  CsvRowIndex(std::size_t columns, char delimiter, FindCsvBytes find);

  /// Finds even rows from `begin` on, where a record begins, up to the first record that is odd or begins at `end` or
  /// behind it. What was found before is forgotten.
  /// @param text  with text_padding readable bytes behind it; must outlive the use of the rows.
  Stop find_rows(std::string_view text, std::size_t begin, std::size_t end);

  std::size_t size() const { return begins_.size(); }
  /// Where the first record lies that is not among the rows.
  std::size_t next() const { return next_; }
  /// Where row `row` begins.
  std::size_t begin_of(std::size_t row) const { return origin_ + begins_[row]; }

  /// Calls body(row, field) for the fields of one column in rows [first, last).
  template <class Body>
  [[gnu::always_inline]] void for_each_field(std::size_t column, std::size_t first, std::size_t last,
                                             const Body& body) const {
    const std::size_t columns = columns_;
    const std::uint32_t* end = ends_.data() + first * columns + column;
    for (std::size_t row = first; row < last; ++row, end += columns) {
      const std::uint32_t begin = column == 0 ? begins_[row] : end[-1] + 1;
      CsvField field{text_ + begin, *end - begin, false};
      if (field.size > 0 && *field.begin == '"') field = {field.begin + 1, field.size - 2, true};
      body(row, field);
    }
  }

 private:
  /// What one step of 64 bytes must know of those before it.
  struct Carry {
    std::uint64_t inside = 0;       ///< All ones within quotes.
    std::uint64_t may_open = 1;     ///< A quote as the next byte opens a field, or is the second of a pair.
    std::uint64_t after_quote = 0;  ///< The last byte was a closing quote, or the first of a pair.
    std::uint64_t after_return = 0;
  };
  /// The ends of fields and of rows among 64 bytes, up to the first byte that makes its record odd.
  struct Ends {
    std::uint64_t fields, rows, odd;
  };

  static Ends find_ends(const CsvBytes& bytes, Carry& carry);
  bool take_step(const CsvBytes& bytes, std::uint32_t offset, std::uint32_t range, Stop& stop);

  std::size_t columns_;
  char delimiter_;
  FindCsvBytes find_;
  const char* text_ = nullptr;  ///< Where the first row begins: offsets count from here.
  std::size_t length_ = 0;      ///< Of the text from there on.
  std::size_t origin_ = 0, next_ = 0;
  Carry carry_;
  std::size_t row_fields_ = 0;   ///< Of all rows before the one under way.
  std::uint32_t row_begin_ = 0;  ///< Of the row under way.
  core::GrowingArray<std::uint32_t> ends_, begins_;
};

}  // namespace cartwheel::data
