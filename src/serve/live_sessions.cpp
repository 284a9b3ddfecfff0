#include "serve/live_sessions.hpp"

namespace cartwheel::serve {

OwnedEvent::OwnedEvent(const EventFields& event) : time_(event.time), price_(event.price), type_(event.type) {
  const std::array values{event.product, event.category_id, event.category_code, event.brand};
  std::size_t size = 0;
  for (const std::string_view value : values) size += value.size();
  texts_.reserve(size);
  for (std::size_t i = 0; i < texts; ++i) {
    texts_ += values[i];
    ends_[i] = static_cast<std::uint32_t>(texts_.size());
  }
}

EventFields OwnedEvent::fields() const {
  const auto text = [&](std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(texts_).substr(begin, ends_[i] - begin);
  };
  EventFields event;
  event.time = time_;
  event.type = type_;
  event.product = text(0);
  event.category_id = text(1);
  event.category_code = text(2);
  event.brand = text(3);
  event.price = price_;
  return event;
}

LiveSession* LiveSessions::find(std::string_view key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &*found->second;
}

LiveSession& LiveSessions::arrive(std::string_view key, std::int64_t now) {
  while (!sessions_.empty() && now - sessions_.front().arrival > limits_.timeout) {
    erase(sessions_.begin());
    ++timed_out_;
  }
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    sessions_.splice(sessions_.end(), sessions_, found->second);
  } else {
    sessions_.emplace_back().key = key;
    by_key_.emplace(sessions_.back().key, std::prev(sessions_.end()));
  }
  sessions_.back().arrival = now;
  return sessions_.back();
}

void LiveSessions::account(LiveSession& session) {
  constexpr std::size_t of_containers = 96;  // links of the list, a cell of the table, blocks of the heap
  std::size_t bytes = sizeof session + of_containers + session.key.capacity() + session.user.capacity();
  for (const OwnedEvent& event : session.events) bytes += event.bytes() + sizeof(Event);
  bytes_ += bytes - session.bytes;
  session.bytes = bytes;
  while (size() > 1 && (size() > limits_.sessions || bytes_ > limits_.bytes)) {
    const bool is_oldest = &sessions_.front() == &session;
    erase(is_oldest ? std::next(sessions_.begin()) : sessions_.begin());
    ++evicted_;
  }
}

void LiveSessions::remove(LiveSession& session) { erase(by_key_.at(session.key)); }

void LiveSessions::clear() {
  by_key_.clear();
  sessions_.clear();
  bytes_ = 0;
}

void LiveSessions::erase(Place place) {
  bytes_ -= place->bytes;
  by_key_.erase(place->key);
  sessions_.erase(place);
}

}  // namespace cartwheel::serve
