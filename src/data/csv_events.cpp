#include "data/csv_events.hpp"

#include <algorithm>
#include <cartwheel/error.hpp>
#include <limits>

#include "data/escaped_text.hpp"
#include "data/row_parser.hpp"

namespace cartwheel::data {
namespace {

/// The columns whose empty fields are missing values; an empty time or type rejects its row.
constexpr std::array optional_columns{SourceColumn::product_id,  SourceColumn::category_id, SourceColumn::category_code,
                                      SourceColumn::brand,       SourceColumn::price,       SourceColumn::user_id,
                                      SourceColumn::user_session};

ReadingCounts count_columns(const ColumnPlaces& places) {
  ReadingCounts counts;
  for (const std::string& name : places.unused) counts.unused_columns.insert(escaped(name));
  for (const SourceColumn column : optional_columns)
    if (!places.has(column)) counts.absent_columns.emplace(source_column_names[index_of(column)]);
  return counts;
}

}  // namespace

ReadingProgress::ReadingProgress(const ProgressCallback& callback, std::uint64_t total_bytes)
    : callback_(callback),
      total_(total_bytes),
      step_(std::max<std::uint64_t>(total_bytes / 100, 1)),
      next_(callback ? 0 : std::numeric_limits<std::uint64_t>::max()) {}

void ReadingProgress::tell(std::uint64_t done) {
  next_ = done + step_;
  // Sources that are read in place of a cache may be larger than the cache, which is what was counted on.
  if (!callback_({.stage = "reading", .done = std::min(done, total_), .total = total_}))
    throw Cancelled("reading was stopped");
}

void ReadingProgress::finish_file(std::uint64_t bytes) {
  finished_files_ += bytes;
  if (callback_ && (finished_files_ >= next_ || finished_files_ == total_)) tell(finished_files_);
}

ReadingCounts add_csv_events(const CsvFile& file, const EventSchema& schema, BadRows on_bad_row, EventColumns& columns,
                             ReadingProgress& progress) {
  const ColumnPlaces places(file, schema);
  const RowParser parser(file, schema, places);
  ReadingCounts counts = count_columns(places);

  const auto reject = [&](const CsvRecord& record, Rejection reason) {
    if (on_bad_row == BadRows::fail) throw DataError(parser.error_text(record, reason));
    ReadingCounts::Rejected& rejected = counts.rejected[static_cast<std::size_t>(reason)];
    if (rejected.rows++ == 0) rejected.first = parser.place(record, reason);
  };
  const auto keep = [&](const CsvRecord& record, const ParsedRow& row) {
    columns.add(row.event);
    ++counts.rows_kept;
    if (row.price_rounded && counts.prices_rounded++ == 0)
      counts.first_rounded = file.place(record.offset_of(places[SourceColumn::price]));
    for (const SourceColumn column : optional_columns)
      if (places.has(column) && record[places[column]].empty()) ++counts.missing[index_of(column)];
  };

  CsvReader rows = file.rows();
  for (CsvRecord record; rows.next(record); progress.at(rows.offset())) {
    if (record.is_blank()) {
      ++counts.blank_lines;
      continue;
    }
    ++counts.rows_read;
    const ParsedRow row = parser.parse(record);
    if (!row.rejection) {
      keep(record, row);
      continue;
    }
    reject(record, *row.rejection);
    // The line with the stray quote is the bad row; those that the quote swallowed are read after all.
    if (row.rejection == Rejection::unclosed_quote) rows.resume_after_line_of(record.problem_offset());
  }
  progress.finish_file(file.bytes().size());
  return counts;
}

}  // namespace cartwheel::data
