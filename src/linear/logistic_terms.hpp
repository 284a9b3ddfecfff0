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

// Conditions are sign bits, and choices are made bit by bit: compilers make branches of a vector's ?: where a function
// is compiled for several instruction sets.

/// All ones where x < 0 (or is -0), else 0.
template <class V, class Bits>
CARTWHEEL_HD_INLINE void mask_of_negative(const V& x, Bits& mask) {
  std::memcpy(&mask, &x, sizeof mask);
  mask = Bits{} - (mask >> 63);
}

/// `a` where the mask is set, else `b`.
template <class V, class Bits>
CARTWHEEL_HD_INLINE void choose(const Bits& mask, const V& a, const V& b, V& out) {
  Bits of_a, of_b;
  std::memcpy(&of_a, &a, sizeof a);
  std::memcpy(&of_b, &b, sizeof b);
  of_a = (of_a & mask) | (of_b & ~mask);
  std::memcpy(&out, &of_a, sizeof out);
}

/// One exponential and no branch. No overflow for any finite a.
/// @tparam Bits  unsigned integers of 64 bits, as many as V has numbers.
template <class V, class Bits>
CARTWHEEL_HD_INLINE void logistic_terms(const V& a, LogisticTerms<V>& out) {
  using namespace core::math_detail;
  const V zero{}, one = zero + 1.0;
  Bits is_negative, is_far, is_small, is_below;
  mask_of_negative<V, Bits>(a, is_negative);
  // e^-|a|; what is below the smallest normal number is 0, which changes no sum.
  V x, near;
  choose<V, Bits>(is_negative, a, -a, x);
  mask_of_negative<V, Bits>(x + 708.0, is_far);
  choose<V, Bits>(is_far, zero - 708.0, x, near);
  const V shifted = near * log2_e + to_whole;
  const V k = shifted - to_whole;
  V rest;
  exp_of_rest<V>(near, k, rest);
  Bits bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023u) << 52;  // k is in the lowest bits of `shifted`
  V power, e;
  std::memcpy(&power, &bits, sizeof power);
  choose<V, Bits>(is_far, zero, rest * power, e);

  const V sum = 1.0 + e, inverse = 1.0 / sum;
  // log(1 + e): near 0 from e itself, else from the rounded sum and what the rounding lost.
  const V lost = e - (sum - 1.0);
  mask_of_negative<V, Bits>(e - 0.41, is_small);
  mask_of_negative<V, Bits>(sum - sqrt2, is_below);
  V whole, part, correction, tail, beyond;
  choose<V, Bits>(is_below, zero, one, whole);
  choose<V, Bits>(is_below, sum, 0.5 * sum, part);
  choose<V, Bits>(is_small, e, part - 1.0, part);
  choose<V, Bits>(is_small, zero, lost * inverse, correction);
  log_of_parts<V>(whole, part, correction, tail);
  choose<V, Bits>(is_negative, zero, a, beyond);
  out.loss = beyond + tail;
  choose<V, Bits>(is_negative, e, one, out.error);
  out.error = out.error * inverse;
  out.curvature = e * inverse * inverse;
}

/// Of one row.
CARTWHEEL_HD inline LogisticTerms<double> logistic_terms(double a) {
  LogisticTerms<double> terms;
  logistic_terms<double, std::uint64_t>(a, terms);
  return terms;
}

}  // namespace cartwheel::linear
