#include "core/cuda_device.hpp"
#include "features/history_pass.hpp"

namespace cartwheel::features {

FeatureGroup::Columns history_columns_on_cuda(const HistoryPass&, std::span<const UserHistory>,
                                              std::vector<UserHistory>*) {
  core::refuse_cuda();
}

}  // namespace cartwheel::features
