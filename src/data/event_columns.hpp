#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/growing_array.hpp"
#include "data/dictionary_builder.hpp"
#include "data/event_storage.hpp"

namespace cartwheel::data {

/// The columns of a log while it grows: what EventLogBuilder and the readers fill.
class EventColumns {
 public:
  /// Columns in memory.
  EventColumns() = default;
  /// Columns that may lie on disk, 41 bytes an event; the dictionaries stay in memory.
  explicit EventColumns(bool on_disk);

  std::size_t size() const { return time_.size(); }
  /// @throws DataError for a time or price out of range, or too many distinct strings; the columns stay as they were.
  void add(const EventFields& event);
  /// Adds times, types and prices of a block of rows, which have been checked. The block's texts are to be added, too,
  /// which other threads may do at the same time.
  void add_numbers(std::span<const std::int64_t> time, std::span<const EventType> type,
                   std::span<const std::int64_t> price);
  /// Adds one text column of a block of rows, codes of which refer to `texts`; other threads may add other columns at
  /// the same time.
  /// @throws DataError for too many distinct strings; the columns are then of no use.
  void add_texts(std::size_t column, std::span<const HashedText> texts, std::span<const Code> codes);
  /// Adds every row of `log`, with this log's codes.
  void add_log(const EventLog& log);

  /// Removes each row that equals an earlier one in every column; returns how many.
  std::size_t drop_duplicates();

  /// Makes a log of `columns`.
  static EventLog finish(EventColumns columns, std::shared_ptr<const Reading> reading = nullptr);

 private:
  std::uint64_t hash_of(std::size_t row) const;
  bool equal(std::size_t a, std::size_t b) const;
  void move_row(std::size_t from, std::size_t to);
  void shorten(std::size_t rows);

  core::GrowingArray<std::int64_t> time_, price_;
  core::GrowingArray<EventType> type_;
  ByTextColumn<core::GrowingArray<Code>> codes_;
  ByTextColumn<DictionaryBuilder> dictionaries_;
  ByTextColumn<std::vector<Code>> codes_of_block_;  ///< For each code of a block, the log's.
};

}  // namespace cartwheel::data
