#include "features/window_columns.hpp"

#include "core/current_device.hpp"

namespace cartwheel::features {

FeatureGroup::Columns window_columns(const WindowRows& windows, const WindowFeatures& features) {
  if (core::current_device() == Device::cuda) return window_columns_on_cuda(windows, features);
  const SessionTable& table = windows.sessions;
  const WindowView view{static_cast<std::size_t>(table.options.size),
                        windows.session_size,
                        windows.rows.data(),
                        table.event_count.data(),
                        table.start.data(),
                        table.time.data(),
                        table.price.data(),
                        table.type.data(),
                        table.product.data(),
                        table.category_id.data(),
                        table.category_code.data(),
                        table.brand.data()};
  return std::visit(
      [&](const auto& of_row) {
        return columns_by_row(of_row.columns(), windows.size(),
                              [&](std::size_t i, FloatColumns& out) { of_row(view, i, out); });
      },
      features);
}

}  // namespace cartwheel::features
