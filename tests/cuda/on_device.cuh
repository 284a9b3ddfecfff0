#pragma once

#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "cuda/needs_device.hpp"

namespace cartwheel::test {

/// A copy of `values` in device memory, or room for as many.
template <class T>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit DeviceArray(std::size_t size) : size_(size) {
    T* data = nullptr;
    require_success(cudaMalloc(&data, size * sizeof(T)), "cudaMalloc");
    data_.reset(data);
  }
  explicit DeviceArray(std::span<const T> values) : DeviceArray(values.size()) {
    require_success(cudaMemcpy(data(), values.data(), values.size_bytes(), cudaMemcpyHostToDevice), "copy to device");
  }

  T* data() const { return data_.get(); }
  std::vector<T> to_host() const {
    std::vector<T> values(size_);
    require_success(cudaMemcpy(values.data(), data(), size_ * sizeof(T), cudaMemcpyDeviceToHost), "copy to host");
    return values;
  }

 private:
  struct Free {
    void operator()(T* data) const { cudaFree(data); }
  };
  std::size_t size_;
  std::unique_ptr<T, Free> data_;
};

template <class Function, class In, class Out>
__global__ void apply(Function function, const In* in, Out* out, std::size_t size) {
  const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < size) out[i] = function(in[i]);
}

/// function(in[i]) for each i, computed on the device.
template <class Function, class In>
auto on_device(Function function, const std::vector<In>& in) {
  using Out = std::invoke_result_t<Function, In>;
  const DeviceArray<In> device_in{std::span<const In>(in)};
  const DeviceArray<Out> device_out(in.size());
  constexpr unsigned threads = 128;
  const auto blocks = static_cast<unsigned>((in.size() + threads - 1) / threads);
  apply<<<blocks, threads>>>(function, device_in.data(), device_out.data(), in.size());
  require_success(cudaGetLastError(), "launch");
  return device_out.to_host();
}

/// Fails the test unless the device computes function(in[i]) to the same result as the host, for every i. Results are
/// compared by ==, so they should hold the bits of floating-point numbers.
template <class Function, class In>
void expect_results_of_host(Function function, const std::vector<In>& in) {
  const auto device = on_device(function, in);
  std::size_t different = 0, first = 0;
  for (std::size_t i = in.size(); i-- > 0;)
    if (!(device[i] == function(in[i]))) {
      ++different;
      first = i;
    }
  EXPECT_EQ(different, 0u) << "of " << in.size() << " results; the first is number " << first;
}

}  // namespace cartwheel::test
