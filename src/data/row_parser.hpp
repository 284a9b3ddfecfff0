#pragma once

#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "data/csv_file.hpp"
#include "data/event_schema.hpp"
#include "data/reading.hpp"

namespace cartwheel::data {

/// What a record of an event file says.
struct ParsedRow {
  EventFields event;  ///< Views of the record.
  bool price_rounded = false;
  std::optional<Rejection> rejection;  ///< If set, `event` means nothing.
};

/// Reads records of one file as events.
class RowParser {
 public:
  /// All must outlive the parser.
  RowParser(const CsvFile& file, const EventSchema& schema, const ColumnPlaces& places);

  ParsedRow parse(const CsvRecord& record) const;

  /// Where in the file lies what was rejected in `record`.
  std::size_t offset_of(const CsvRecord& record, Rejection reason) const;
  /// "FILE:LINE:COLUMN" of what was rejected in `record`.
  std::string place(const CsvRecord& record, Rejection reason) const;
  /// The whole message, with the row and what to do.
  std::string error_text(const CsvRecord& record, Rejection reason) const;

 private:
  std::string_view field(const CsvRecord& record, SourceColumn column) const;
  std::string named(SourceColumn column) const;

  const CsvFile& file_;
  const EventSchema& schema_;
  const ColumnPlaces& places_;
};

}  // namespace cartwheel::data
