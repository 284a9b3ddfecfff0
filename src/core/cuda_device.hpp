#pragma once

/// What the rest of the library asks of CUDA itself; cuda/core/ answers, or, in a build without CUDA,
/// cuda_device_no_cuda.cpp.
namespace cartwheel::core {

/// @throws DeviceError that says what to do, unless there is a GPU that can be used.
void require_cuda_device();

/// For the makers of a build without CUDA. @throws DeviceError that says what to do.
[[noreturn]] void refuse_cuda();

}  // namespace cartwheel::core
