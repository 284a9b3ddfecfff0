#pragma once

#include <cuda_runtime.h>

#include <cartwheel/error.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/device_buffer.hpp"

namespace cartwheel::core {

/// Blocks of `threads` that cover `items`. @throws DeviceError beyond 2^31 - 1, the most that a grid may have.
inline unsigned blocks_for(std::size_t items, std::size_t threads) {
  const std::size_t blocks = items / threads + (items % threads != 0 ? 1 : 0);
  if (blocks > std::numeric_limits<std::int32_t>::max())
    throw DeviceError("a step needs more blocks than a GPU takes; use fewer rows or columns, or --device cpu");
  return static_cast<unsigned>(blocks);
}

/// The number of this thread among all of a one-dimensional grid, and how many there are.
__device__ inline std::size_t thread_number() { return std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; }
__device__ inline std::size_t thread_count_of_grid() { return std::size_t{gridDim.x} * blockDim.x; }

/// Launches a kernel on the context's stream, checked and counted; an empty grid is no launch.
/// @param what  what it does, such as "adding up a tree's histograms". @param shared_bytes  dynamic shared memory;
/// above 48 KiB the kernel is told to expect so much.
template <class... Parameters, class... Arguments>
void launch(const char* what, void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared_bytes,
            Arguments&&... arguments) {
  if (grid.x == 0 || grid.y == 0 || grid.z == 0) return;
  DeviceContext& context = DeviceContext::get();
  constexpr std::size_t shared_without_asking = 48 * 1024;
  if (shared_bytes > shared_without_asking)
    check_cuda(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), cudaFuncAttributeMaxDynamicSharedMemorySize,
                                    static_cast<int>(shared_bytes)),
               what);
  kernel<<<grid, block, shared_bytes, context.stream()>>>(static_cast<Parameters>(arguments)...);
  check_cuda(cudaGetLastError(), what);
  ++context.work().launches;
}

/// Runs a CUB algorithm: once to learn how much memory it needs, once to do it. @param algorithm  (void* memory,
/// size_t& bytes, cudaStream_t) -> cudaError_t.
template <class Algorithm>
void run_cub(const char* what, const Algorithm& algorithm) {
  DeviceContext& context = DeviceContext::get();
  std::size_t bytes = 0;
  check_cuda(algorithm(nullptr, bytes, context.stream()), what);
  const DeviceBuffer<unsigned char> memory(bytes == 0 ? 1 : bytes, what);
  check_cuda(algorithm(static_cast<void*>(memory.data()), bytes, context.stream()), what);
  ++context.work().launches;
}

}  // namespace cartwheel::core
