#pragma once

#include <array>
#include <cartwheel/read_events.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "data/block_dictionary.hpp"
#include "data/common_fields.hpp"
#include "data/csv_file.hpp"
#include "data/csv_row_index.hpp"
#include "data/event_schema.hpp"
#include "data/event_storage.hpp"
#include "data/reading.hpp"
#include "data/row_parser.hpp"

namespace cartwheel::data {

/// What the records say that begin in one stretch of a CSV file: columns as in a log, with codes of the block's own
/// dictionaries. It depends on nothing but the text and where the first record begins, so blocks can be read at the
/// same time, and one that began at the wrong place (within quotes) can be thrown away.
struct EventBlock {
  struct Rejected {
    std::size_t offset;  ///< Where the record begins.
    Rejection reason;
  };

  std::size_t begin = 0;  ///< Where its first record begins.
  std::size_t next = 0;   ///< Where the first record begins that is not in it.
  std::vector<std::int64_t> time, price;
  std::vector<EventType> type;
  ByTextColumn<std::vector<Code>> codes;
  ByTextColumn<BlockDictionary> dictionaries;
  std::deque<std::string> own_texts;  ///< Padded texts that do not lie in the file as they are meant: "" became ".

  std::int64_t rows_read = 0, blank_lines = 0, prices_rounded = 0;
  std::size_t first_rounded = 0;  ///< Where the price lies, if there is one.
  BySourceColumn<std::int64_t> missing{};
  std::vector<Rejected> rejected;
  bool stopped = false;  ///< At a bad row, the last of `rejected`, because bad rows are not skipped.

  void clear(std::size_t at);
};

/// Reads blocks of one file, one after the other; each thread has its own.
class EventBlockReader {
 public:
  /// All must outlive the reader.
  EventBlockReader(const CsvFile& file, const EventSchema& schema, const ColumnPlaces& places, BadRows on_bad_row);

  /// Reads the records that begin in [begin, end), the first of them at `begin`.
  void read(std::size_t begin, std::size_t end, EventBlock& block);

 private:
  void add_even_rows(EventBlock& block);
  /// Numbers of all even rows; clears plain_ for the rows that are to be read as odd ones.
  void parse_times();
  void parse_types();
  void parse_prices(EventBlock& block);
  /// The texts of a column in the rows from `row` on; returns how many are empty.
  std::int64_t find_texts(std::size_t row, std::size_t place, std::span<HashedText> texts, EventBlock& block);
  void add_texts(std::size_t first, std::size_t last, EventBlock& block);
  /// Reads the record at `offset` by the rules alone; returns where the next one begins.
  std::size_t add_odd_record(std::size_t offset, EventBlock& block);
  void keep(const ParsedRow& row, EventBlock& block) const;

  const CsvFile& file_;
  const ColumnPlaces& places_;
  BadRows on_bad_row_;
  RowParser parser_;
  CommonTypes types_of_names_;
  CommonTime common_time_;
  CsvReader reader_;
  CsvRecord record_;
  CsvRowIndex rows_;
  std::vector<std::int64_t> time_, price_;
  std::vector<EventType> type_;
  std::vector<std::uint8_t> plain_;
};

}  // namespace cartwheel::data
