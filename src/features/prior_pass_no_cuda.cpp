#include "core/cuda_device.hpp"
#include "features/prior_pass.hpp"

namespace cartwheel::features {

OrderedPriors ordered_priors_on_cuda(const WindowRows&, const PriorKeys&, const PriorSpaces&, std::int64_t) {
  core::refuse_cuda();
}
FeatureGroup::Columns frozen_priors_on_cuda(const WindowRows&, const PriorKeys&, const PriorSpaces&,
                                            const PriorTotals&) {
  core::refuse_cuda();
}

}  // namespace cartwheel::features
