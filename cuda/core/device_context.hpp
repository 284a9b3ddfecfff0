#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace cartwheel::core {

/// @throws DeviceError saying what failed and what to do, unless `status` is success.
/// @param what  what was being done, such as "copying rows to the GPU".
void check_cuda(cudaError_t status, const char* what);

/// What has been asked of the device so far. Tests hold the number of launches and copies to what an algorithm
/// promises.
struct DeviceWork {
  std::atomic<std::uint64_t> launches = 0;  ///< Kernels; a call of a CUB or Thrust algorithm is one.
  std::atomic<std::uint64_t> copies_to_device = 0, copies_to_host = 0;
  std::atomic<std::uint64_t> bytes_to_device = 0, bytes_to_host = 0;
};

/// The GPU of this process: one stream, in which everything runs in the order of the calls, and CUDA's memory pool,
/// which keeps what is freed for the next allocation.
class DeviceContext {
 public:
  /// Made at the first call. @throws DeviceError where there is no GPU that can be used.
  static DeviceContext& get();

  DeviceContext(const DeviceContext&) = delete;
  DeviceContext& operator=(const DeviceContext&) = delete;

  cudaStream_t stream() const { return stream_; }
  const std::string& name() const { return name_; }
  int multiprocessors() const { return multiprocessors_; }
  /// The most shared memory that a block may ask for, in bytes.
  std::size_t shared_memory() const { return shared_memory_; }
  /// Bytes that can still be allocated: what the GPU has free, and what the pool holds unused.
  std::size_t free_memory() const;
  /// Bytes that are allocated.
  std::size_t used_memory() const;
  /// From now on the GPU is as one of at most so much memory: how tests see what happens when it does not suffice.
  void limit_memory(std::size_t bytes) { memory_limit_ = bytes; }
  DeviceWork& work() { return work_; }

  /// Device memory, null for 0 bytes. @param what  what it is for, such as "binned columns".
  /// @throws DeviceError saying how much was asked, how much is free, and what to do.
  void* allocate(std::size_t bytes, const char* what);
  void free(void* memory) noexcept;
  /// The host's memory may change as soon as this returns.
  void copy_to_device(void* to, const void* from, std::size_t bytes);
  /// Waits for everything before it: the copy is there when this returns.
  void copy_to_host(void* to, const void* from, std::size_t bytes);
  void copy_on_device(void* to, const void* from, std::size_t bytes);
  void fill_with_byte(void* memory, int byte, std::size_t bytes);
  /// Waits until the device has done everything asked so far. @throws DeviceError where something of it failed.
  void wait();

 private:
  DeviceContext();

  cudaStream_t stream_ = nullptr;
  cudaMemPool_t pool_ = nullptr;
  std::string name_;
  int multiprocessors_ = 0;
  std::size_t shared_memory_ = 0;
  std::size_t memory_limit_ = std::numeric_limits<std::size_t>::max();
  DeviceWork work_;
};

}  // namespace cartwheel::core
