#include <cartwheel/event_log.hpp>
#include <utility>

#include "data/event_columns.hpp"
#include "data/event_storage.hpp"

namespace cartwheel {

using data::TextColumn;

std::string_view name_of(EventType type) {
  switch (type) {
    case EventType::view:
      return "view";
    case EventType::cart:
      return "cart";
    case EventType::remove_from_cart:
      return "remove_from_cart";
    case EventType::purchase:
      return "purchase";
    case EventType::other:
      break;
  }
  return "other";
}

EventLog::EventLog() : EventLog(data::EventColumns::finish({})) {}

std::size_t EventLog::size() const { return storage_->time.size(); }

std::span<const std::int64_t> EventLog::time() const { return storage_->time; }
std::span<const EventType> EventLog::type() const { return storage_->type; }
std::span<const std::int64_t> EventLog::price() const { return storage_->price; }
std::span<const Code> EventLog::product() const { return storage_->codes_of(TextColumn::product); }
std::span<const Code> EventLog::category_id() const { return storage_->codes_of(TextColumn::category_id); }
std::span<const Code> EventLog::category_code() const { return storage_->codes_of(TextColumn::category_code); }
std::span<const Code> EventLog::brand() const { return storage_->codes_of(TextColumn::brand); }
std::span<const Code> EventLog::user() const { return storage_->codes_of(TextColumn::user); }
std::span<const Code> EventLog::session() const { return storage_->codes_of(TextColumn::session); }

const Dictionary& EventLog::products() const { return storage_->dictionary_of(TextColumn::product); }
const Dictionary& EventLog::category_ids() const { return storage_->dictionary_of(TextColumn::category_id); }
const Dictionary& EventLog::category_codes() const { return storage_->dictionary_of(TextColumn::category_code); }
const Dictionary& EventLog::brands() const { return storage_->dictionary_of(TextColumn::brand); }
const Dictionary& EventLog::users() const { return storage_->dictionary_of(TextColumn::user); }
const Dictionary& EventLog::sessions() const { return storage_->dictionary_of(TextColumn::session); }

Event EventLog::event(std::size_t row) const {
  return {.time = time()[row],
          .sequence = row,
          .price = price()[row],
          .product = product()[row],
          .category_id = category_id()[row],
          .category_code = category_code()[row],
          .brand = brand()[row],
          .user = user()[row],
          .session = session()[row],
          .type = type()[row]};
}

struct EventLogBuilder::Impl {
  data::EventColumns columns;
};

EventLogBuilder::EventLogBuilder() : impl_(std::make_unique<Impl>()) {}
EventLogBuilder::~EventLogBuilder() = default;
EventLogBuilder::EventLogBuilder(EventLogBuilder&&) noexcept = default;
EventLogBuilder& EventLogBuilder::operator=(EventLogBuilder&&) noexcept = default;

void EventLogBuilder::add(const EventFields& event) { impl_->columns.add(event); }
std::size_t EventLogBuilder::size() const { return impl_->columns.size(); }
EventLog EventLogBuilder::build() { return data::EventColumns::finish(std::exchange(impl_->columns, {})); }

}  // namespace cartwheel
