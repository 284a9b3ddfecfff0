#include <cub/device/device_scan.cuh>

#include "core/launch.cuh"
#include "core/exclusive_sum.hpp"

namespace cartwheel::core {
namespace {

template <class T>
void sum(T* values, std::size_t size) {
  run_cub("adding up what lies before", [&](void* memory, std::size_t& bytes, cudaStream_t stream) {
    return cub::DeviceScan::ExclusiveSum(memory, bytes, values, values, static_cast<std::int64_t>(size), stream);
  });
}

}  // namespace

void exclusive_sum(std::uint32_t* values, std::size_t size) { sum(values, size); }
void exclusive_sum(std::uint64_t* values, std::size_t size) { sum(values, size); }

}  // namespace cartwheel::core
