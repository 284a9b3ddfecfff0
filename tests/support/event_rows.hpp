#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace cartwheel::test {

/// One row of a log as values, without codes: what two logs must agree on.
struct EventRow {
  std::int64_t time = 0;
  EventType type = EventType::view;
  std::string product = {}, category_id = {}, category_code = {}, brand = {}, user = {}, session = {};
  std::int64_t price = missing_price;
  friend bool operator==(const EventRow&, const EventRow&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const EventRow& row) {
  return out << "{" << row.time << ", " << name_of(row.type) << ", \"" << row.product << "\", \"" << row.category_id
             << "\", \"" << row.category_code << "\", \"" << row.brand << "\", \"" << row.user << "\", \""
             << row.session << "\", " << row.price << "}";
}

inline std::vector<EventRow> rows_of(const EventLog& log) {
  std::vector<EventRow> rows;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Event e = log.event(i);
    rows.push_back({e.time, e.type, std::string(log.products()[e.product]),
                    std::string(log.category_ids()[e.category_id]), std::string(log.category_codes()[e.category_code]),
                    std::string(log.brands()[e.brand]), std::string(log.users()[e.user]),
                    std::string(log.sessions()[e.session]), e.price});
  }
  return rows;
}

}  // namespace cartwheel::test
