#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/device_buffer.hpp"
#include "features/window_features.hpp"

namespace cartwheel::features {

/// Those columns of a session table that features read, in device memory.
class WindowsOnDevice {
 public:
  WindowsOnDevice(const WindowRows& windows, const TableColumns& columns)
      : rows_(windows.rows, what), event_count_(windows.sessions.event_count, what) {
    const SessionTable& table = windows.sessions;
    view_ = {.stride = static_cast<std::size_t>(table.options.size),
             .session_size = windows.session_size,
             .rows = rows_.data(),
             .event_count = event_count_.data(),
             .start = sent(columns.start, table.start, start_),
             .time = sent(columns.time, table.time, time_),
             .price = sent(columns.price, table.price, price_),
             .type = sent(columns.type, table.type, type_),
             .product = sent(columns.product, table.product, product_),
             .category_id = sent(columns.category_id, table.category_id, category_id_),
             .category_code = sent(columns.category_code, table.category_code, category_code_),
             .brand = sent(columns.brand, table.brand, brand_)};
  }

  const WindowView& view() const { return view_; }

 private:
  static constexpr const char* what = "the session table";

  template <class T>
  static const T* sent(bool wanted, const Column<T>& column, core::DeviceBuffer<T>& memory) {
    if (wanted) memory = {column, what};
    return memory.data();
  }

  core::DeviceBuffer<std::uint32_t> rows_, event_count_;
  core::DeviceBuffer<std::int64_t> start_, time_, price_;
  core::DeviceBuffer<EventType> type_;
  core::DeviceBuffer<Code> product_, category_id_, category_code_, brand_;
  WindowView view_;
};

}  // namespace cartwheel::features
