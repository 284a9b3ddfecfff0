#include "data/csv_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

#include "data/escaped_text.hpp"

namespace cartwheel::data {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::size_t length_of_byte_order_mark(std::string_view file) {
  return file.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
}

}  // namespace

void CsvRecord::start() {
  fields_.clear();
  any_doubled_quotes_ = false;
  has_line_end_ = false;
  problem_ = CsvProblem::none;
}

void CsvRecord::set_problem(CsvProblem problem, std::size_t offset) {
  if (problem_ != CsvProblem::none) return;  // the first one is the cause
  problem_ = problem;
  problem_offset_ = offset;
}

void CsvRecord::undo_doubled_quotes() {
  undone_.clear();
  undone_.reserve(raw_.size());  // the views below must not move
  for (Field& field : fields_) {
    if (!field.has_doubled_quotes) continue;
    const std::size_t begin = undone_.size();
    for (std::size_t i = 0; i < field.text.size(); ++i) {
      undone_.push_back(field.text[i]);
      if (field.text[i] == '"') ++i;
    }
    field.text = std::string_view(undone_).substr(begin);
  }
}

CsvReader::CsvReader(std::string_view file, char delimiter)
    : file_(file), delimiter_(delimiter), offset_(length_of_byte_order_mark(file)) {
  if (delimiter == '"' || delimiter == '\r' || delimiter == '\n')
    throw ParameterError(
        fmt::format("the delimiter is '{}'; it must be one byte other than the quote, CR and LF, such as ','",
                    escaped({&delimiter, 1})));
  for (const char c : {delimiter, '\r', '\n'}) ends_field_[static_cast<unsigned char>(c)] = true;
}

bool CsvReader::next(CsvRecord& record) {
  if (offset_ == file_.size()) return false;
  record.start();
  const std::size_t begin = offset_;
  for (std::size_t at = begin;; ++at) {
    at = at < file_.size() && file_[at] == '"' ? read_quoted(record, at) : read_unquoted(record, at);
    if (at < file_.size() && file_[at] == delimiter_) continue;
    record.raw_ = file_.substr(begin, at - begin);
    record.has_line_end_ = at < file_.size();
    offset_ = skip_line_end(at);
    break;
  }
  if (record.any_doubled_quotes_) record.undo_doubled_quotes();
  return true;
}

std::size_t CsvReader::read_unquoted(CsvRecord& record, std::size_t begin) const {
  const std::size_t end = find_end_of_field(begin);
  record.fields_.push_back({file_.substr(begin, end - begin), begin, false});
  return end;
}

std::size_t CsvReader::read_quoted(CsvRecord& record, std::size_t begin) const {
  bool doubled = false;
  std::size_t quote = file_.find('"', begin + 1);
  while (quote != file_.npos && quote + 1 < file_.size() && file_[quote + 1] == '"') {
    doubled = true;
    quote = file_.find('"', quote + 2);
  }
  if (quote == file_.npos) {
    record.fields_.push_back({file_.substr(begin + 1), begin, doubled});
    record.any_doubled_quotes_ |= doubled;
    record.set_problem(CsvProblem::unclosed_quote, begin);
    return file_.size();
  }
  const std::size_t end = find_end_of_field(quote + 1);
  if (end != quote + 1) {
    record.fields_.push_back({file_.substr(begin, end - begin), begin, false});
    record.set_problem(CsvProblem::text_after_quote, quote + 1);
    return end;
  }
  record.fields_.push_back({file_.substr(begin + 1, quote - begin - 1), begin, doubled});
  record.any_doubled_quotes_ |= doubled;
  return end;
}

std::size_t CsvReader::find_end_of_field(std::size_t from) const {
  while (from < file_.size() && !ends_field_[static_cast<unsigned char>(file_[from])]) ++from;
  return from;
}

std::size_t CsvReader::skip_line_end(std::size_t at) const {
  if (at < file_.size()) at += file_.substr(at).starts_with("\r\n") ? 2 : 1;
  return at;
}

void CsvReader::resume_after_line_of(std::size_t offset) {
  offset_ = skip_line_end(std::min(file_.find_first_of("\r\n", offset), file_.size()));
}

AscendingPositions::AscendingPositions(std::string_view file)
    : file_(file), at_(length_of_byte_order_mark(file)), line_begin_(at_) {}

TextPosition AscendingPositions::of(std::size_t offset) {
  if (offset < at_) *this = AscendingPositions(file_);
  for (; at_ < offset; ++at_) {
    // A CR before LF is a part of that line end, which the LF counts.
    if (file_[at_] != '\n' && (file_[at_] != '\r' || (at_ + 1 < file_.size() && file_[at_ + 1] == '\n'))) continue;
    ++line_;
    line_begin_ = at_ + 1;
  }
  return {line_, offset - line_begin_ + 1};
}

TextPosition position_of(std::string_view file, std::size_t offset) { return AscendingPositions(file).of(offset); }

}  // namespace cartwheel::data
