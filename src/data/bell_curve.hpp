#pragma once

#include "core/philox.hpp"

namespace cartwheel::data {

/// Nearly normal: mean 0, standard deviation 1, within [-3.5, 3.5].
inline double bell_curve(core::RandomStream& random) {
  double sum = 0.0;
  // One by one: the operands of a single sum may be drawn in any order, and the last digits with them.
  for (int i = 0; i < 4; ++i) sum += random.uniform();
  return (sum - 2.0) * 1.7320508075688772;  // the variance of the sum is 1/3
}

}  // namespace cartwheel::data
