#pragma once

#include "core/host_device.hpp"
#include "core/math.hpp"

namespace cartwheel::linear {

/// What one row brings to the log-loss, for its margin on the wrong side: a = -s * (x . b + b0), with s = +-1 its
/// label.
struct LogisticTerms {
  double loss;       ///< log(1 + e^a)
  double error;      ///< 1 / (1 + e^-a): the probability of the wrong class; keeps its digits near 0.
  double curvature;  ///< error * (1 - error): the second derivative of the loss.
};

/// The same bits as core::softplus and core::sigmoid, with one exponential. No overflow for any finite a.
CARTWHEEL_HD inline LogisticTerms logistic_terms(double a) {
  const double e = core::exp(a >= 0.0 ? -a : a);
  const double inverse = 1.0 / (1.0 + e);
  const double tail = core::log1p(e);
  return {a > 0.0 ? a + tail : tail, a >= 0.0 ? inverse : e / (1.0 + e), e * inverse * inverse};
}

}  // namespace cartwheel::linear
