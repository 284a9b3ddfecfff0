#include "bayes/bit_counts.hpp"
#include "core/cuda_device.hpp"

namespace cartwheel::bayes {

BitCounts count_bits_on_cuda(const FeatureMatrix&, std::span<const std::uint8_t>, std::span<const double>,
                             std::optional<double>) {
  core::refuse_cuda();
}

}  // namespace cartwheel::bayes
