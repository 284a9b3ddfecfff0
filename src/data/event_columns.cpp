#include "data/event_columns.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <utility>

namespace cartwheel::data {
namespace {

template <class T>
void append(std::vector<T>& to, std::span<const T> from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

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

void EventColumns::add_log(const EventLog& log) {
  const ByTextColumn<const Dictionary*> dictionaries{&log.products(), &log.category_ids(), &log.category_codes(),
                                                     &log.brands(),   &log.users(),        &log.sessions()};
  const ByTextColumn<std::span<const Code>> codes{log.product(), log.category_id(), log.category_code(),
                                                  log.brand(),   log.user(),        log.session()};
  for (std::size_t c = 0; c < text_column_count; ++c) {
    std::vector<Code> ours(dictionaries[c]->size());
    for (std::size_t code = 0; code < ours.size(); ++code)
      ours[code] = dictionaries_[c].code_of((*dictionaries[c])[static_cast<Code>(code)]);
    for (const Code code : codes[c]) codes_[c].push_back(ours[code]);
  }
  append(time_, log.time());
  append(type_, log.type());
  append(price_, log.price());
}

EventLog EventColumns::finish(EventColumns columns, std::shared_ptr<const Reading> reading) {
  for (DictionaryBuilder& dictionary : columns.dictionaries_) dictionary.release_index();
  const auto owner = std::make_shared<const EventColumns>(std::move(columns));
  auto storage = std::make_shared<EventLog::Storage>();
  storage->time = owner->time_;
  storage->type = owner->type_;
  storage->price = owner->price_;
  for (std::size_t c = 0; c < text_column_count; ++c) {
    storage->codes[c] = owner->codes_[c];
    storage->dictionaries[c] = owner->dictionaries_[c].view();
  }
  storage->owner = owner;
  storage->reading = std::move(reading);
  return EventLog(std::move(storage));
}

}  // namespace cartwheel::data
