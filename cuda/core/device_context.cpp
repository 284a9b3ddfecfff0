#include "core/device_context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <limits>

#include "core/cuda_device.hpp"
#include "core/memory.hpp"

namespace cartwheel::core {

namespace {

constexpr const char* what_to_do =
    "see that nvidia-smi shows a GPU and that its driver is not older than this "
    "build's CUDA, or use --device cpu";

}  // namespace

void check_cuda(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // it has been told
  const char* advice = status == cudaErrorMemoryAllocation ? "use fewer rows or columns, or --device cpu"
                                                           : "run it again, or use --device cpu";
  throw DeviceError(fmt::format("the GPU failed while {}: {} ({}); {}", what, cudaGetErrorString(status),
                                cudaGetErrorName(status), advice));
}

void require_cuda_device() { DeviceContext::get(); }

DeviceContext& DeviceContext::get() {
  // Never destroyed: what is in device memory may outlive any static object, and the driver cleans up at exit.
  static DeviceContext& context = *new DeviceContext;
  return context;
}

DeviceContext::DeviceContext() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess || count == 0) {
    cudaGetLastError();
    throw DeviceError(fmt::format("device 'cuda' was asked for, but there is no GPU that can be used ({}); {}",
                                  status == cudaSuccess ? "none is there" : cudaGetErrorString(status), what_to_do));
  }
  check_cuda(cudaSetDevice(0), "choosing the first GPU");
  cudaDeviceProp properties;
  check_cuda(cudaGetDeviceProperties(&properties, 0), "asking for the GPU's properties");
  name_ = properties.name;
  multiprocessors_ = properties.multiProcessorCount;
  shared_memory_ = properties.sharedMemPerBlockOptin;
  int has_pools = 0;
  check_cuda(cudaDeviceGetAttribute(&has_pools, cudaDevAttrMemoryPoolsSupported, 0), "asking for memory pools");
  if (has_pools == 0)
    throw DeviceError(fmt::format("the GPU '{}' has no memory pools (cudaMallocAsync); use --device cpu", name_));
  check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
  check_cuda(cudaDeviceGetDefaultMemPool(&pool_, 0), "asking for the memory pool");
  std::uint64_t keep = std::numeric_limits<std::uint64_t>::max();
  check_cuda(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep), "setting up the memory pool");
}

std::size_t DeviceContext::free_memory() const {
  std::size_t free = 0, total = 0;
  check_cuda(cudaMemGetInfo(&free, &total), "asking for free memory");
  std::uint64_t reserved = 0;
  check_cuda(cudaMemPoolGetAttribute(pool_, cudaMemPoolAttrReservedMemCurrent, &reserved), "asking the memory pool");
  const std::size_t used = used_memory();
  return std::min(free + static_cast<std::size_t>(reserved) - used, memory_limit_ - std::min(memory_limit_, used));
}

std::size_t DeviceContext::used_memory() const {
  std::uint64_t used = 0;
  check_cuda(cudaMemPoolGetAttribute(pool_, cudaMemPoolAttrUsedMemCurrent, &used), "asking the memory pool");
  return static_cast<std::size_t>(used);
}

void* DeviceContext::allocate(std::size_t bytes, const char* what) {
  if (bytes == 0) return nullptr;
  void* memory = nullptr;
  const bool is_limited = memory_limit_ != std::numeric_limits<std::size_t>::max();
  const cudaError_t status =
      is_limited && bytes > free_memory() ? cudaErrorMemoryAllocation : cudaMallocAsync(&memory, bytes, stream_);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();
    throw DeviceError(
        fmt::format("the GPU '{}' has no room for {}: {} are asked for, {} are free; use fewer rows or columns, a GPU "
                    "with more memory, or --device cpu",
                    name_, what, format_bytes(bytes), format_bytes(free_memory())));
  }
  check_cuda(status, "allocating memory");
  return memory;
}

void DeviceContext::free(void* memory) noexcept {
  if (memory != nullptr) cudaFreeAsync(memory, stream_);
}

void DeviceContext::copy_to_device(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "copying to the GPU");
  ++work_.copies_to_device;
  work_.bytes_to_device += bytes;
}

void DeviceContext::copy_to_host(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "copying from the GPU");
  ++work_.copies_to_host;
  work_.bytes_to_host += bytes;
  wait();
}

void DeviceContext::copy_on_device(void* to, const void* from, std::size_t bytes) {
  if (bytes != 0)
    check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_), "copying within the GPU");
}

void DeviceContext::fill_with_byte(void* memory, int byte, std::size_t bytes) {
  if (bytes != 0) check_cuda(cudaMemsetAsync(memory, byte, bytes, stream_), "filling memory");
}

void DeviceContext::wait() { check_cuda(cudaStreamSynchronize(stream_), "waiting for the GPU"); }

void refuse_cuda() { throw DeviceError("this step does not run on the GPU yet; use --device cpu"); }

}  // namespace cartwheel::core
