#pragma once

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace cartwheel::test {

inline void require_success(cudaError_t status, const char* what) {
  if (status != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(status));
}

/// Whether there is a device. A device that does not answer is an error, not an absence.
inline bool has_device() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver) return false;
  require_success(status, "cudaGetDeviceCount");
  return count > 0;
}

}  // namespace cartwheel::test

/// Leaves the test aloud where there is neither a GPU nor a program that stands in for one.
#define CARTWHEEL_NEEDS_DEVICE() \
  if (!cartwheel::test::has_device()) GTEST_SKIP() << "no GPU, and no CARTWHEEL_CUDA_RUNNER to stand in for one"
