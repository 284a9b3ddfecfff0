#pragma once

#include <span>
#include <vector>

#include "linear/design_on_device.cuh"
#include "linear/gram_kernel.hpp"

namespace cartwheel::linear {

/// The sums of a Gram matrix over all rows. @param curvature  [rows] on the device. @return [layout.sums()]
/// Memory on the device: 8 bytes a sum for each of up to 256 tiles of rows that are worked at once.
std::vector<double> gram_sums_on_device(DesignOnDevice& design, const GramLayout& layout, const double* curvature);

}  // namespace cartwheel::linear
