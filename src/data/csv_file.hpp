#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/mapped_file.hpp"
#include "data/csv_reader.hpp"

namespace cartwheel::data {

/// Why a record cannot be a row of its file.
enum class CsvFault : std::uint8_t { none, cut_off, too_few_fields, too_many_fields, unclosed_quote, text_after_quote };

/// A CSV file with a header line: the columns' names, a reader of its rows, and the texts of errors in it.
///
///     const CsvFile file(path);
///     CsvReader rows = file.rows();
///     for (CsvRecord row; rows.next(row);) {
///       if (row.is_blank()) continue;
///       if (const CsvFault fault = file.fault_of(row); fault != CsvFault::none) throw DataError(file.error_text(row,
///       fault));
///       ... row[i] is the value of file.header()[i] ...
///     }
class CsvFile {
 public:
  /// Opens a file; one that is compressed by gzip or zstd is unpacked (see unpack.hpp).
  /// @throws DataError for a file that is missing, a directory, empty, damaged or not text; ParameterError for a
  /// delimiter that cannot be one.
  explicit CsvFile(const std::filesystem::path& path, char delimiter = ',');
  /// @param name  what messages call the file.
  CsvFile(std::shared_ptr<const core::MappedFile> file, std::string name, char delimiter);

  const std::string& name() const { return name_; }
  std::string_view bytes() const { return file_->bytes(); }
  char delimiter() const { return delimiter_; }

  /// Names of the columns, at least one; they may repeat or be empty.
  const std::vector<std::string>& header() const { return header_; }
  /// The header line as it lies in the file.
  std::string_view header_line() const { return header_line_; }
  /// A reader that stands at the first row.
  CsvReader rows() const { return rows_; }

  /// Whether `record` has as many fields as the header has columns, and is sound CSV.
  CsvFault fault_of(const CsvRecord& record) const;

  /// "FILE:LINE:COLUMN" of a place in the file.
  std::string place(std::size_t offset) const;
  /// "FILE:LINE:COLUMN: WHAT", and below it the row and what to do about it.
  std::string error_text(std::string_view row, std::size_t offset, std::string_view what, std::string_view fix) const;
  /// The same for a fault, which is not none.
  std::string error_text(const CsvRecord& record, CsvFault fault) const;

 private:
  void refuse_other_formats() const;
  void read_header();

  std::shared_ptr<const core::MappedFile> file_;
  std::string name_;
  char delimiter_;
  CsvReader rows_;
  std::vector<std::string> header_;
  std::string_view header_line_;
};

}  // namespace cartwheel::data
