#pragma once

#include <cartwheel/column.hpp>
#include <cstddef>

#include "core/parallel.hpp"

namespace cartwheel::core {

/// Has the threads at hand write to each page of a new column, for columns whose values are read before they are
/// written. A page that is read first is the system's page of zeros; when it is written to, it is replaced, and every
/// other core that runs the process is interrupted, which on a virtual machine costs more than to fill it.
template <class T>
void touch_pages(Column<T>& column) {
  constexpr std::size_t page = 4096 / sizeof(T), block = (std::size_t{2} << 20) / sizeof(T);
  parallel_for_blocks(column.size(), block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; i += page) column[i] = T{};
  });
}

}  // namespace cartwheel::core
