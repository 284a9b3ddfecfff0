#pragma once

#include <cstdint>
#include <cstring>

#include "core/host_device.hpp"
#include "core/math.hpp"

namespace cartwheel::linear {

/// What one row brings to the log-loss, for its margin on the wrong side: a = -s * (x . b + b0), with s = +-1 its
/// label. V is double, or a vector of doubles whose every lane gets the bits that a double would get.
template <class V>
struct LogisticTerms {
  V loss;       ///< log(1 + e^a), within 2 ulp.
  V error;      ///< 1 / (1 + e^-a): the probability of the wrong class, within 3 ulp; keeps its digits near 0.
  V curvature;  ///< error * (1 - error): the second derivative of the loss.
};

/// One exponential and no branch. No overflow for any finite a.
/// @tparam Bits  unsigned integers of 64 bits, as many as V has numbers.
template <class V, class Bits>
CARTWHEEL_HD_INLINE void logistic_terms(const V& a, LogisticTerms<V>& out) {
  using namespace core::math_detail;
  const V zero{}, one = zero + 1.0;
  // e^-|a|; what is below the smallest normal number is 0, which changes no sum.
  const V x = a >= 0.0 ? -a : a;
  const V shifted = (x < -708.0 ? zero - 708.0 : x) * log2_e + to_whole;
  const V k = shifted - to_whole;
  V rest;
  exp_of_rest<V>(x < -708.0 ? zero - 708.0 : x, k, rest);
  Bits bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023u) << 52;  // k is in the lowest bits of `shifted`
  V power;
  std::memcpy(&power, &bits, sizeof power);
  const V e = x < -708.0 ? zero : rest * power;

  const V sum = 1.0 + e, inverse = 1.0 / sum;
  // log(1 + e): near 0 from e itself, else from the rounded sum and what the rounding lost.
  const V lost = e - (sum - 1.0);
  const V whole = e < 0.41 ? zero : sum >= sqrt2 ? one : zero;
  const V part = e < 0.41 ? e : (sum >= sqrt2 ? 0.5 * sum : sum) - 1.0;
  V tail;
  log_of_parts<V>(whole, part, e < 0.41 ? zero : lost * inverse, tail);
  out.loss = a > 0.0 ? a + tail : tail;
  out.error = (a >= 0.0 ? one : e) * inverse;
  out.curvature = e * inverse * inverse;
}

/// Of one row.
CARTWHEEL_HD inline LogisticTerms<double> logistic_terms(double a) {
  LogisticTerms<double> terms;
  logistic_terms<double, std::uint64_t>(a, terms);
  return terms;
}

}  // namespace cartwheel::linear
