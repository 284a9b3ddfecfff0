#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::data {

/// What is wrong with a record as CSV.
enum class CsvProblem : std::uint8_t {
  none,
  text_after_quote,  ///< Something other than a delimiter or a line end follows a closing quote.
  unclosed_quote,    ///< A quote is still open at the end of the file.
};

/// One record of a CSV file. Fields are views of the file, or of the record's own memory where "" had to be undone, and
/// are good until the record is read into again.
class CsvRecord {
 public:
  CsvRecord() = default;
  CsvRecord(const CsvRecord&) = delete;
  CsvRecord& operator=(const CsvRecord&) = delete;

  /// Number of fields, at least 1.
  std::size_t size() const { return fields_.size(); }
  /// Field i without its quotes, as found otherwise: NUL bytes and malformed UTF-8 included.
  std::string_view operator[](std::size_t i) const { return fields_[i].text; }
  /// Where field i begins in the file (at its opening quote, if it has one).
  std::size_t offset_of(std::size_t i) const { return fields_[i].offset; }

  /// The record as it lies in the file, without its line end.
  std::string_view raw() const { return raw_; }
  /// Where the record begins in the file.
  std::size_t offset() const { return fields_.front().offset; }
  /// An empty line, which is read as one empty field; most formats pass over it.
  bool is_blank() const { return raw_.empty(); }
  /// False for the last record of a file that does not end in a line end.
  bool has_line_end() const { return has_line_end_; }

  CsvProblem problem() const { return problem_; }
  /// Where the problem lies: at the opening quote, or at the text after the closing one.
  std::size_t problem_offset() const { return problem_offset_; }

 private:
  friend class CsvReader;
  struct Field {
    std::string_view text;
    std::size_t offset;
    bool has_doubled_quotes;
  };

  void start();
  void set_problem(CsvProblem problem, std::size_t offset);
  void undo_doubled_quotes();

  std::vector<Field> fields_;
  std::string_view raw_;
  std::string undone_;  ///< Fields in which "" became ".
  bool any_doubled_quotes_ = false;
  bool has_line_end_ = false;
  CsvProblem problem_ = CsvProblem::none;
  std::size_t problem_offset_ = 0;
};

/// Reads the records of a CSV file, one after the other, as RFC 4180 has them. Where the RFC leaves a choice open:
/// a record ends at LF, CRLF or a lone CR (as Python's csv and pandas have it); a byte-order mark at the start is
/// skipped; the last record needs no line end; spaces belong to their field; a quote inside a field that does not begin
/// with one is an ordinary character; text after a closing quote is a problem of the record, and its field is then
/// given as found.
class CsvReader {
 public:
  /// @param file  the whole file; must outlive the reader and its records.
  /// @throws ParameterError for a delimiter that is a quote, CR or LF.
  explicit CsvReader(std::string_view file, char delimiter = ',');

  /// Reads the next record into `record`; false at the end of the file.
  bool next(CsvRecord& record);

  /// Where the next record begins in the file.
  std::size_t offset() const { return offset_; }
  /// Goes on at `offset`, where a record must begin.
  void go_to(std::size_t offset) { offset_ = offset; }

  /// Goes on at the line after the one that holds `offset`: the way to go on after a quote that is never closed. What
  /// follows such a quote holds quotes in even runs alone (an odd run would have closed it), and each even run at the
  /// start of a field closes itself, so this happens at most once in a file and reading stays linear.
  void resume_after_line_of(std::size_t offset);

 private:
  std::size_t read_unquoted(CsvRecord& record, std::size_t begin) const;
  std::size_t read_quoted(CsvRecord& record, std::size_t begin) const;
  std::size_t find_end_of_field(std::size_t from) const;
  std::size_t skip_line_end(std::size_t at) const;

  std::string_view file_;
  char delimiter_;
  std::array<bool, 256> ends_field_{};  ///< For each byte: the delimiter, CR and LF.
  std::size_t offset_;
};

/// A place in a file as editors count: lines and bytes in the line, both from 1. Line ends are those of CsvReader.
struct TextPosition {
  std::size_t line = 1;
  std::size_t column = 1;
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

/// Positions of places that are asked for from the front to the back: each byte is looked at once.
class AscendingPositions {
 public:
  explicit AscendingPositions(std::string_view file);
  TextPosition of(std::size_t offset);

 private:
  std::string_view file_;
  std::size_t at_, line_begin_, line_ = 1;
};

/// Counts lines from the start of the file, which only a message needs. A byte-order mark takes no column.
TextPosition position_of(std::string_view file, std::size_t offset);

}  // namespace cartwheel::data
