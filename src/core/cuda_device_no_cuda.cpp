#include <cartwheel/error.hpp>

#include "core/cuda_device.hpp"

namespace cartwheel::core {

void require_cuda_device() { refuse_cuda(); }

void refuse_cuda() {
  throw DeviceError(
      "device 'cuda' is not in this build; configure with -DCARTWHEEL_ENABLE_CUDA=ON, or use --device cpu");
}

}  // namespace cartwheel::core
