#pragma once

#include <cstddef>
#include <cstdint>

namespace cartwheel::core {

/// values[i] becomes the sum of those before it, in device memory. (Here alone, so that CUB is compiled once.)
void exclusive_sum(std::uint32_t* values, std::size_t size);
void exclusive_sum(std::uint64_t* values, std::size_t size);

}  // namespace cartwheel::core
