#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>

#include "core/host_device.hpp"
#include "core/math.hpp"

namespace cartwheel::features {

/// 0 for a missing price, 1 for one that is not above 0; else bands in steps of half an octave: [2^n, 1.5 * 2^n) and
/// [1.5 * 2^n, 2^(n+1)) in 1/10,000 of a unit.
CARTWHEEL_HD inline std::uint32_t price_band(std::int64_t price) {
  if (price == missing_price) return 0;
  if (price <= 0) return 1;
  static_assert(largest_price < std::int64_t{1} << 53, "a price must be exact as a double");
  // The exponent and the highest bit of the fraction.
  const std::uint64_t bits = core::math_detail::bits_of(static_cast<double>(price));
  return 2 * static_cast<std::uint32_t>((bits >> 52) - 1022) + static_cast<std::uint32_t>(bits >> 51 & 1);
}

}  // namespace cartwheel::features
