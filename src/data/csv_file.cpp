#include "data/csv_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cartwheel/error.hpp>
#include <utility>

#include "data/escaped_text.hpp"
#include "data/unpack.hpp"

namespace cartwheel::data {
namespace {

constexpr std::string_view skip_hint = "--on-bad-row skip (skipped rows are counted)";

/// Formats that are taken for CSV by mistake, told by their first bytes.
struct OtherFormat {
  std::string_view first_bytes, what, fix;
};
constexpr std::array other_formats{
    OtherFormat{"\x1F\x8B", "is compressed by gzip twice", "unpack it first: gunzip --keep FILE"},
    OtherFormat{"\x28\xB5\x2F\xFD", "is compressed by zstd twice", "unpack it first: unzstd FILE"},
    OtherFormat{"\xFD\x37zXZ", "is compressed by xz", "unpack it first: unxz --keep FILE"},
    OtherFormat{"PK\x03\x04", "is a ZIP archive (or a spreadsheet)", "unpack it, or export it as CSV"},
    OtherFormat{"PAR1", "is a Parquet file", "export it as CSV"},
    OtherFormat{"\xFF\xFE", "is UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"},
    OtherFormat{"\xFE\xFF", "is UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"},
};

std::string_view first_line(std::string_view text) { return text.substr(0, text.find_first_of("\r\n")); }

}  // namespace

CsvFile::CsvFile(const std::filesystem::path& path, char delimiter)
    : CsvFile(unpack(std::make_shared<const core::MappedFile>(path), path.string()), path.string(), delimiter) {}

CsvFile::CsvFile(std::shared_ptr<const core::MappedFile> file, std::string name, char delimiter)
    : file_(std::move(file)), name_(std::move(name)), delimiter_(delimiter), rows_(file_->bytes(), delimiter) {
  refuse_other_formats();
  read_header();
}

void CsvFile::refuse_other_formats() const {
  for (const OtherFormat& format : other_formats)
    if (bytes().starts_with(format.first_bytes))
      throw DataError(fmt::format("{}: the file {}, not CSV\n  fix:  {}", name_, format.what, format.fix));
}

void CsvFile::read_header() {
  CsvRecord record;
  if (!rows_.next(record))
    throw DataError(fmt::format(
        "{}: the file is empty; its first line must name its columns\n  fix:  check how it was made", name_));
  if (const std::size_t nul = record.raw().find('\0'); nul != std::string_view::npos && delimiter_ != '\0')
    throw DataError(error_text(record.raw(), record.offset() + nul,
                               "the header holds a NUL byte, so this is not a CSV file",
                               "pass a CSV file, or a cache made by intent_cli prepare"));
  if (record.problem() != CsvProblem::none)
    throw DataError(error_text(record, record.problem() == CsvProblem::unclosed_quote ? CsvFault::unclosed_quote
                                                                                      : CsvFault::text_after_quote));
  for (std::size_t i = 0; i < record.size(); ++i) header_.emplace_back(record[i]);
  header_line_ = record.raw();
}

CsvFault CsvFile::fault_of(const CsvRecord& record) const {
  switch (record.problem()) {
    case CsvProblem::unclosed_quote:
      return CsvFault::unclosed_quote;
    case CsvProblem::text_after_quote:
      return CsvFault::text_after_quote;
    case CsvProblem::none:
      break;
  }
  if (record.size() == header_.size()) return CsvFault::none;
  if (record.size() > header_.size()) return CsvFault::too_many_fields;
  return record.has_line_end() ? CsvFault::too_few_fields : CsvFault::cut_off;
}

std::string CsvFile::place(std::size_t offset) const {
  const TextPosition position = position_of(bytes(), offset);
  return fmt::format("{}:{}:{}", name_, position.line, position.column);
}

std::string CsvFile::error_text(std::string_view row, std::size_t offset, std::string_view what,
                                std::string_view fix) const {
  return fmt::format("{}: {}\n  row:  {}\n  fix:  {}", place(offset), what, escaped(row), fix);
}

std::string CsvFile::error_text(const CsvRecord& record, CsvFault fault) const {
  const std::size_t end = record.offset() + record.raw().size();
  const std::string counts =
      fmt::format("{} field{}, the header has {}", record.size(), record.size() == 1 ? "" : "s", header_.size());
  switch (fault) {
    case CsvFault::cut_off:
      return error_text(record.raw(), end,
                        fmt::format("the file looks cut off: its last line has {} and ends without a line end", counts),
                        fmt::format("get the whole file, or leave the line out: {}", skip_hint));
    case CsvFault::too_few_fields:
      return error_text(record.raw(), end, fmt::format("too few fields: the row has {}", counts),
                        fmt::format("correct the row, or {}", skip_hint));
    case CsvFault::too_many_fields:
      return error_text(
          record.raw(), record.offset_of(header_.size()), fmt::format("too many fields: the row has {}", counts),
          fmt::format("put fields that hold a '{}' in quotes, or {}", escaped({&delimiter_, 1}), skip_hint));
    case CsvFault::unclosed_quote:
      return error_text(first_line(bytes().substr(record.problem_offset())), record.problem_offset(),
                        "a quote opens here and is never closed",
                        fmt::format("close it, or get the whole file if it was cut off, or {}", skip_hint));
    case CsvFault::text_after_quote:
      return error_text(record.raw(), record.problem_offset(), "text follows a closing quote",
                        fmt::format("write a quote inside a quoted field twice (\"\"), or {}", skip_hint));
    case CsvFault::none:
      break;
  }
  return {};
}

}  // namespace cartwheel::data
