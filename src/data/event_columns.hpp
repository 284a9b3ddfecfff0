#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "data/dictionary_builder.hpp"
#include "data/event_storage.hpp"

namespace cartwheel::data {

/// The columns of a log while it grows: what EventLogBuilder and the readers fill.
class EventColumns {
 public:
  std::size_t size() const { return time_.size(); }
  /// @throws DataError for a time or price out of range, or too many distinct strings; the columns stay as they were.
  void add(const EventFields& event);
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

  std::vector<std::int64_t> time_, price_;
  std::vector<EventType> type_;
  ByTextColumn<std::vector<Code>> codes_;
  ByTextColumn<DictionaryBuilder> dictionaries_;
};

}  // namespace cartwheel::data
