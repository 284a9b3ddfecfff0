#pragma once

#include <cartwheel/event_log.hpp>
#include <cmath>
#include <cstdint>

#include "core/host_device.hpp"

/// Mean and standard deviation of the prices of a window, for both devices: from exact integer sums, so that the order
/// of the prices cannot matter.
namespace cartwheel::features {

__extension__ typedef __int128 WideInteger;

/// @param sum  of `count` prices, in 1/10,000 of a unit. @return in currency units; 0 if there are none.
CARTWHEEL_HD inline float price_mean_of(std::int64_t count, std::int64_t sum) {
  if (count == 0) return 0.0f;
  return static_cast<float>(static_cast<double>(sum) / (static_cast<double>(count) * static_cast<double>(price_scale)));
}

/// @param scaled_variance  count * sum of squares - (sum)^2 of the prices' differences from any one number, which is
/// variance (ddof 1) * count * (count - 1). @return in currency units; 0 for fewer than two prices.
CARTWHEEL_HD inline float price_deviation_of(std::int64_t count, double scaled_variance) {
  if (count < 2) return 0.0f;
  return static_cast<float>(std::sqrt(scaled_variance / static_cast<double>(count * (count - 1))) /
                            static_cast<double>(price_scale));
}

}  // namespace cartwheel::features
