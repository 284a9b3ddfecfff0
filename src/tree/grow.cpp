#include "tree/grow.hpp"

#include "core/current_device.hpp"

namespace cartwheel::tree {

std::unique_ptr<Grower> make_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                    const GrowSettings& settings) {
  return core::current_device() == Device::cuda ? make_cuda_grower(x, labels, settings)
                                                : make_cpu_grower(x, labels, settings);
}

}  // namespace cartwheel::tree
