#pragma once

#include <algorithm>
#include <cartwheel/column.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>

#include "core/philox.hpp"
#include "data/event_storage.hpp"
#include "generated_log.hpp"

namespace cartwheel::bench {

/// A log of any size in memory: a generated one of at most a million events, repeated with new sessions and users at
/// later times. It is as dense in time as a generated log of the whole size, and has the same memory behind its columns
/// as one that was read; but later sessions and users have no names.
class LargeLog {
 public:
  /// @param shuffled  rows in no order, codes in order of first appearance, as a reader would give them.
  LargeLog(std::uint64_t events, bool shuffled) {
    const std::uint64_t part_events = std::min<std::uint64_t>(events, 1'000'000);
    const std::uint64_t parts = events / part_events;
    const int days = static_cast<int>(std::max<std::uint64_t>(1, 158 / parts));
    repeat(GeneratedLog(part_events, days).read(), parts, std::int64_t{days} * 86'400'000'000);
    if (shuffled) shuffle();
  }

  /// @param named  whether events have sessions.
  EventLog log(bool named = true) const {
    const auto storage = std::make_shared<EventLog::Storage>(part_.storage());
    storage->owner = columns_;
    storage->time = columns_->time;
    storage->type = columns_->type;
    storage->price = columns_->price;
    for (std::size_t c = 0; c < data::text_column_count; ++c) {
      storage->codes[c] = columns_->codes[c];
      storage->dictionaries[c] = Dictionary(columns_->ends[c], {});
    }
    if (!named) {
      storage->codes[session] = columns_->no_session;
      storage->dictionaries[session] = EventLog().sessions();
    }
    return EventLog(storage);
  }

 private:
  static constexpr auto user = static_cast<std::size_t>(data::TextColumn::user);
  static constexpr auto session = static_cast<std::size_t>(data::TextColumn::session);

  struct Columns {
    Column<std::int64_t> time, price;
    Column<EventType> type;
    data::ByTextColumn<Column<Code>> codes;
    data::ByTextColumn<Column<std::uint64_t>> ends;  ///< Of empty names: pages of zeros that nobody touches.
    Column<Code> no_session;
  };

  void repeat(EventLog part, std::uint64_t parts, std::int64_t duration) {
    part_ = std::move(part);
    const auto repeat_column = [&](auto from, auto& to, const auto& in_part) {
      to.resize(from.size() * parts);
      for (std::size_t row = 0; row < to.size(); ++row) to[row] = in_part(from[row % from.size()], row / from.size());
    };
    const auto as_it_is = [](auto value, std::size_t) { return value; };
    repeat_column(part_.time(), columns_->time, [&](std::int64_t time, std::size_t number) {
      return time + static_cast<std::int64_t>(number) * duration;
    });
    repeat_column(part_.price(), columns_->price, as_it_is);
    repeat_column(part_.type(), columns_->type, as_it_is);
    for (std::size_t c = 0; c < data::text_column_count; ++c) {
      const std::size_t names = part_.storage().dictionaries[c].size() - 1;
      const bool grows = c == user || c == session;
      repeat_column(part_.storage().codes[c], columns_->codes[c], [&](Code code, std::size_t number) {
        return code == missing_code || !grows ? code : static_cast<Code>(code + number * names);
      });
      columns_->ends[c].resize(1 + names * (grows ? parts : 1));
    }
    columns_->no_session.resize(columns_->time.size());
  }

  void shuffle() {
    core::RandomStream random(1, core::RandomPurpose::generate);
    Column<std::uint32_t> order(columns_->time.size());
    std::iota(order.begin(), order.end(), 0u);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
    const auto reorder = [&](auto& column) {
      std::remove_reference_t<decltype(column)> shuffled(column.size());
      for (std::size_t row = 0; row < column.size(); ++row) shuffled[row] = column[order[row]];
      column = std::move(shuffled);
    };
    reorder(columns_->time);
    reorder(columns_->price);
    reorder(columns_->type);
    for (std::size_t c = 0; c < data::text_column_count; ++c) {
      reorder(columns_->codes[c]);
      Column<Code> renamed(columns_->ends[c].size());
      Code next = 1;
      for (Code& code : columns_->codes[c]) {
        if (code == missing_code) continue;
        if (renamed[code] == missing_code) renamed[code] = next++;
        code = renamed[code];
      }
    }
  }

  EventLog part_;
  std::shared_ptr<Columns> columns_ = std::make_shared<Columns>();
};

}  // namespace cartwheel::bench
