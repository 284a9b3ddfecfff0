#pragma once

#include "core/device_context.hpp"

namespace cartwheel::test {

/// While it lives, the GPU has so many bytes left and no more.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::size_t bytes) {
    core::DeviceContext& context = core::DeviceContext::get();
    context.limit_memory(context.used_memory() + bytes);
  }
  ~MemoryLimit() { core::DeviceContext::get().limit_memory(std::numeric_limits<std::size_t>::max()); }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;
};

}  // namespace cartwheel::test
