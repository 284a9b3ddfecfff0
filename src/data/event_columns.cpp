#include "data/event_columns.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <filesystem>
#include <utility>

#include "data/repeated_rows.hpp"

namespace cartwheel::data {
EventColumns::EventColumns(bool on_disk) {
  if (!on_disk) return;
  time_ = core::GrowingArray<std::int64_t>(core::MemoryRegion::on_disk());
  price_ = core::GrowingArray<std::int64_t>(core::MemoryRegion::on_disk());
  type_ = core::GrowingArray<EventType>(core::MemoryRegion::on_disk());
  for (auto& column : codes_) column = core::GrowingArray<Code>(core::MemoryRegion::on_disk());
}

void EventColumns::add(const EventFields& event) {
  if (!is_time(event.time))
    throw DataError(
        fmt::format("an event's time is {} microseconds since 1970; it must lie in years 1 to 9999", event.time));
  if (!is_price(event.price))
    throw DataError(fmt::format("an event's price is {} ten-thousandths of a unit; it must lie in [-{}, {}]",
                                event.price, largest_price, largest_price));
  const ByTextColumn<std::string_view> texts{event.product, event.category_id, event.category_code,
                                             event.brand,   event.user,        event.session};
  ByTextColumn<Code> codes;  // all of them before the first column grows, because a dictionary may be full
  for (std::size_t c = 0; c < text_column_count; ++c) codes[c] = dictionaries_[c].code_of(texts[c]);
  time_.push_back(event.time);
  type_.push_back(event.type);
  price_.push_back(event.price);
  for (std::size_t c = 0; c < text_column_count; ++c) codes_[c].push_back(codes[c]);
}

void EventColumns::add_numbers(std::span<const std::int64_t> time, std::span<const EventType> type,
                               std::span<const std::int64_t> price) {
  time_.append(time);
  type_.append(type);
  price_.append(price);
}

void EventColumns::add_texts(std::size_t column, std::span<const HashedText> texts, std::span<const Code> codes) {
  std::vector<Code>& ours = codes_of_block_[column];
  ours.resize(texts.size());
  dictionaries_[column].codes_of(texts, ours);
  core::GrowingArray<Code>& out = codes_[column];
  const std::size_t before = out.size();
  out.resize(before + codes.size());
  std::ranges::transform(codes, out.data() + before, [&](Code code) { return ours[code]; });
}

void EventColumns::add_log(const EventLog& log) {
  for (std::size_t c = 0; c < text_column_count; ++c) {
    const Dictionary& theirs = log.storage().dictionaries[c];
    std::vector<Code> ours(theirs.size());
    for (Code code = 1; code < ours.size(); ++code) ours[code] = dictionaries_[c].code_of(theirs[code]);
    for (const Code code : log.storage().codes[c]) codes_[c].push_back(ours[code]);
  }
  add_numbers(log.time(), log.type(), log.price());
}

std::uint64_t EventColumns::hash_of(std::size_t row) const {
  std::array<std::uint64_t, 3 + text_column_count> values{static_cast<std::uint64_t>(time_[row]),
                                                          static_cast<std::uint64_t>(price_[row]),
                                                          static_cast<std::uint64_t>(type_[row])};
  for (std::size_t c = 0; c < text_column_count; ++c) values[3 + c] = codes_[c][row];
  return XXH3_64bits(values.data(), sizeof values);
}

bool EventColumns::equal(std::size_t a, std::size_t b) const {
  return time_[a] == time_[b] && price_[a] == price_[b] && type_[a] == type_[b] &&
         std::ranges::all_of(codes_, [&](const core::GrowingArray<Code>& column) { return column[a] == column[b]; });
}

void EventColumns::move_row(std::size_t from, std::size_t to) {
  time_[to] = time_[from];
  price_[to] = price_[from];
  type_[to] = type_[from];
  for (core::GrowingArray<Code>& column : codes_) column[to] = column[from];
}

void EventColumns::shorten(std::size_t rows) {
  time_.resize(rows);
  price_.resize(rows);
  type_.resize(rows);
  for (core::GrowingArray<Code>& column : codes_) column.resize(rows);
}

std::size_t EventColumns::drop_duplicates() {
  const RepeatedRows repeated = find_repeated_rows({size(), [this](std::uint64_t row) { return hash_of(row); },
                                                    [this](std::uint64_t a, std::uint64_t b) { return equal(a, b); }},
                                                   std::filesystem::temp_directory_path());
  const std::size_t before = size();
  std::size_t kept = 0;
  for (std::size_t row = 0; row < before; ++row) {
    if (repeated.contains(row)) continue;
    if (kept != row) move_row(row, kept);
    ++kept;
  }
  shorten(kept);
  return before - kept;
}

EventLog EventColumns::finish(EventColumns columns, std::shared_ptr<const Reading> reading) {
  for (DictionaryBuilder& dictionary : columns.dictionaries_) dictionary.release_index();
  columns.codes_of_block_ = {};
  const auto owner = std::make_shared<const EventColumns>(std::move(columns));
  auto storage = std::make_shared<EventLog::Storage>();
  storage->time = owner->time_.view();
  storage->type = owner->type_.view();
  storage->price = owner->price_.view();
  for (std::size_t c = 0; c < text_column_count; ++c) {
    storage->codes[c] = owner->codes_[c].view();
    storage->dictionaries[c] = owner->dictionaries_[c].view();
  }
  storage->owner = owner;
  storage->reading = std::move(reading);
  return EventLog(std::move(storage));
}

}  // namespace cartwheel::data
