#include "core/cuda_device.hpp"
#include "tree/grow.hpp"

namespace cartwheel::tree {

std::unique_ptr<Grower> make_cuda_grower(const BinnedColumns&, std::span<const std::uint8_t>, const GrowSettings&) {
  core::refuse_cuda();
}

}  // namespace cartwheel::tree
