#include "core/cuda_device.hpp"
#include "features/window_columns.hpp"

namespace cartwheel::features {

FeatureGroup::Columns window_columns_on_cuda(const WindowRows&, const WindowFeatures&) { core::refuse_cuda(); }
FeatureGroup::Columns v1_columns_on_cuda(const WindowRows&) { core::refuse_cuda(); }

}  // namespace cartwheel::features
