#include "analysis/changed_events.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/philox.hpp"
#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "data/event_storage.hpp"

namespace cartwheel::analysis {
namespace {

constexpr std::uint32_t one_event_in = 3;

/// Draws changes of events later than a cut.
class ChangeDraw {
 public:
  ChangeDraw(const EventLog& log, std::int64_t cut, bool types_alone, std::uint64_t seed, std::uint32_t draw)
      : log_(log),
        cut_(cut),
        types_alone_(types_alone),
        random_(seed, core::RandomPurpose::audit, draw, types_alone ? 1 : 0) {
    const auto last = std::ranges::max_element(log.time());
    end_ = *last;
    kept_ = static_cast<std::uint64_t>(last - log.time().begin());
  }

  std::vector<ChangedEvent> all() {
    std::vector<ChangedEvent> changes;
    for (std::uint64_t row = 0; row < log_.size(); ++row)
      if (log_.time()[row] > cut_ && row != kept_ && random_.below(one_event_in) == 0) changes.push_back(change(row));
    return changes;
  }

 private:
  ChangedEvent change(std::uint64_t row) {
    constexpr AuditChange kinds[] = {AuditChange::alter, AuditChange::insert, AuditChange::erase, AuditChange::retime};
    ChangedEvent changed{row, types_alone_ ? AuditChange::types : kinds[random_.below(4)], log_.event(row)};
    switch (changed.how) {
      case AuditChange::alter:
        changed.event = altered(changed.event);
        break;
      case AuditChange::insert:
        changed.row = ChangedEvent::inserted;
        changed.event = altered(log_.event(any_row()));  // into any session, also one from before the cut
        changed.event.time = later_time();
        break;
      case AuditChange::erase:
        break;
      case AuditChange::retime:
        changed.event.time = later_time();
        break;
      case AuditChange::types:
        changed.event.type = any_type();
        break;
    }
    return changed;
  }

  std::uint64_t any_row() {
    return random_.below(static_cast<std::uint32_t>(std::min<std::size_t>(log_.size(), UINT32_MAX)));
  }

  EventType any_type() {
    constexpr EventType types[] = {EventType::cart, EventType::purchase, EventType::remove_from_cart, EventType::view};
    return types[random_.below(4)];
  }

  /// In (cut, end], half of the time within the first hour.
  std::int64_t later_time() {
    const std::int64_t room = end_ - cut_;
    const std::int64_t reach = random_.below(2) == 0 ? std::min(room, core::microseconds_per_hour) : room;
    return cut_ + 1 + static_cast<std::int64_t>(random_.uniform() * static_cast<double>(reach - 1));
  }

  /// What another event is about, of any kind; a quarter of them by another user.
  Event altered(Event event) {
    const Event donor = log_.event(any_row());
    event.type = any_type();
    event.product = donor.product;
    event.category_id = donor.category_id;
    event.category_code = donor.category_code;
    event.brand = donor.brand;
    event.price = donor.price;
    if (random_.below(4) == 0) event.user = donor.user;
    return event;
  }

  const EventLog& log_;
  std::int64_t cut_, end_ = 0;
  bool types_alone_;
  std::uint64_t kept_ = 0;
  core::RandomStream random_;
};

/// A log's columns, owned.
struct Columns {
  std::vector<std::int64_t> time, price;
  std::vector<EventType> type;
  data::ByTextColumn<std::vector<Code>> codes;

  explicit Columns(const EventLog::Storage& from)
      : time(from.time.begin(), from.time.end()),
        price(from.price.begin(), from.price.end()),
        type(from.type.begin(), from.type.end()) {
    for (std::size_t c = 0; c < codes.size(); ++c) codes[c].assign(from.codes[c].begin(), from.codes[c].end());
  }
  void resize(std::size_t rows) {
    time.resize(rows);
    price.resize(rows);
    type.resize(rows);
    for (auto& column : codes) column.resize(rows);
  }
  void set(std::size_t row, const Event& event) {
    time[row] = event.time;
    price[row] = event.price;
    type[row] = event.type;
    // In the order of data::TextColumn.
    const data::ByTextColumn<Code> texts{event.product, event.category_id, event.category_code,
                                         event.brand,   event.user,        event.session};
    for (std::size_t c = 0; c < codes.size(); ++c) codes[c][row] = texts[c];
  }
  void move(std::size_t from, std::size_t to) {
    time[to] = time[from];
    price[to] = price[from];
    type[to] = type[from];
    for (auto& column : codes) column[to] = column[from];
  }
};

}  // namespace

std::vector<ChangedEvent> draw_changes(const EventLog& log, std::int64_t cut, bool types_alone, std::uint64_t seed,
                                       std::uint32_t draw) {
  if (log.size() == 0) return {};
  return ChangeDraw(log, cut, types_alone, seed, draw).all();
}

EventLog changed_log(const EventLog& log, std::span<const ChangedEvent> changes) {
  const EventLog::Storage& from = log.storage();
  auto columns = std::make_shared<Columns>(from);
  std::vector<std::uint64_t> erased;
  std::size_t rows = log.size();
  for (const ChangedEvent& change : changes) {
    if (change.how == AuditChange::erase) {
      erased.push_back(change.row);
    } else if (change.row == ChangedEvent::inserted) {
      columns->resize(++rows);
      columns->set(rows - 1, change.event);
    } else {
      columns->set(change.row, change.event);
    }
  }
  if (!erased.empty()) {
    std::ranges::sort(erased);
    std::size_t to = erased.front(), next = 0;
    for (std::size_t row = to; row < rows; ++row) {
      if (next < erased.size() && erased[next] == row)
        ++next;
      else
        columns->move(row, to++);
    }
    columns->resize(to);
  }
  auto storage = std::make_shared<EventLog::Storage>();
  storage->time = columns->time;
  storage->price = columns->price;
  storage->type = columns->type;
  for (std::size_t c = 0; c < columns->codes.size(); ++c) storage->codes[c] = columns->codes[c];
  storage->dictionaries = from.dictionaries;
  storage->owner = std::make_shared<std::pair<std::shared_ptr<Columns>, EventLog>>(columns, log);
  return EventLog(std::move(storage));
}

std::string to_text(const EventLog& log, const ChangedEvent& change) {
  const auto shown = [&](const Event& event) {
    const std::string_view product = log.products()[event.product];
    return fmt::format("{}, {} of {}", core::format_time(event.time), name_of(event.type),
                       product.empty() ? "no product" : data::escaped(product, 40));
  };
  if (change.row == ChangedEvent::inserted)
    return fmt::format(
        "a new event ({}) in session {}", shown(change.event),
        change.event.session == missing_code ? "(none)" : data::escaped(log.sessions()[change.event.session], 40));
  const std::string old = fmt::format("event {} ({})", change.row + 1, shown(log.event(change.row)));
  return change.how == AuditChange::erase ? old + " deleted" : fmt::format("{} became ({})", old, shown(change.event));
}

}  // namespace cartwheel::analysis
