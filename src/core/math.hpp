#pragma once

#include <cstdint>
#include <cstring>

#include "core/host_device.hpp"

/// Elementary functions made of + - * / and bit moves alone. The system's mathematics library gives other last digits
/// on other machines (and on the GPU), which would change model bytes; these give the same bits everywhere, provided
/// that multiplications and additions are not fused (-ffp-contract=off, -fmad=false). The stated errors are tested
/// against MPFR. 1 ulp is the distance to the next double at the exact result.
namespace cartwheel::core {

namespace math_detail {

CARTWHEEL_HD inline std::uint64_t bits_of(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

CARTWHEEL_HD inline double from_bits(std::uint64_t bits) {
  double x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

CARTWHEEL_HD inline double infinity() { return from_bits(0x7ff0000000000000u); }
CARTWHEEL_HD inline double not_a_number() { return from_bits(0x7ff8000000000000u); }

/// 2^k for k in [-1022, 1023].
CARTWHEEL_HD inline double power_of_two(int k) { return from_bits(static_cast<std::uint64_t>(k + 1023) << 52); }

// ln 2 in two parts: the first has 21 trailing zero bits, so its product with any exponent is exact.
inline constexpr double ln2_high = 0x1.62e42fee00000p-1;
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;
inline constexpr double log2_e = 0x1.71547652b82fep+0;
/// What log2_e leaves over: log2(e) - log2_e.
inline constexpr double log2_e_low = 0x1.777d0ffda0d24p-56;
// log2(e) cut elsewhere: the first part has 21 trailing zero bits, so its product with a number of 32 bits is exact.
inline constexpr double log2_e_head = 0x1.7154765200000p+0;
inline constexpr double log2_e_tail = 0x1.705fc2eefa200p-33;
inline constexpr double sqrt2 = 0x1.6a09e667f3bcdp+0;

// The straight stretches of exp and log work on one number or on several at once: V is double, or a vector of doubles
// whose every lane gets the bits that a double would get. Results are references because a vector that is returned
// would change the calling convention between instruction sets.

/// The series of 2*atanh(s) - 2*s, divided by s: sum of 2 z^n / (2n + 1) over n >= 1, where z = s*s <= 0.0295.
template <class V>
CARTWHEEL_HD_INLINE void atanh_tail(const V& z, V& tail) {
  V r = 2.0 / 23.0 + z * (2.0 / 25.0);
  r = 2.0 / 21.0 + z * r;
  r = 2.0 / 19.0 + z * r;
  r = 2.0 / 17.0 + z * r;
  r = 2.0 / 15.0 + z * r;
  r = 2.0 / 13.0 + z * r;
  r = 2.0 / 11.0 + z * r;
  r = 2.0 / 9.0 + z * r;
  r = 2.0 / 7.0 + z * r;
  r = 2.0 / 5.0 + z * r;
  r = 2.0 / 3.0 + z * r;
  tail = z * r;
}

/// k*ln2 + log(1 + f) + correction, for f in [sqrt(1/2) - 1, sqrt(2) - 1], a whole k and a small correction.
template <class V>
CARTWHEEL_HD_INLINE void log_of_parts(const V& k, const V& f, const V& correction, V& result) {
  const V half_square = 0.5 * f * f;
  const V s = f / (2.0 + f);
  V series;
  atanh_tail<V>(s * s, series);
  const V tail = s * (half_square + series);
  result = k * ln2_high - ((half_square - (tail + (k * ln2_low + correction))) - f);
}

/// e^x / 2^k, for the whole number k nearest to x / ln 2.
template <class V>
CARTWHEEL_HD_INLINE void exp_of_rest(const V& x, const V& k, V& result) {
  const V high = x - k * ln2_high;
  const V low = k * ln2_low;
  const V r = high - low;
  // Taylor: |r| <= 0.3466, so the first term left out is below 2^-60.
  V p = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0);
  p = 1.0 / 39916800.0 + r * p;
  p = 1.0 / 3628800.0 + r * p;
  p = 1.0 / 362880.0 + r * p;
  p = 1.0 / 40320.0 + r * p;
  p = 1.0 / 5040.0 + r * p;
  p = 1.0 / 720.0 + r * p;
  p = 1.0 / 120.0 + r * p;
  p = 1.0 / 24.0 + r * p;
  p = 1.0 / 6.0 + r * p;
  p = 0.5 + r * p;
  const V rounding = (high - r) - low;  // what r lost when low was subtracted
  result = 1.0 + (r + (r * r * p + rounding));
}

/// Adding it pushes the fraction bits out: what is left is the nearest whole number, also as an integer in the lowest
/// bits.
inline constexpr double to_whole = 0x1.8p52;

/// Splits a positive, finite x into 2^k * m with m in [sqrt(1/2), sqrt(2)).
struct Parts {
  int k;
  double m;
};
CARTWHEEL_HD inline Parts split_exponent(double x) {
  int k = 0;
  if (x < 0x1p-1022) {  // subnormal: lift it into the normal range first
    x *= 0x1p54;
    k = -54;
  }
  const std::uint64_t bits = bits_of(x);
  k += static_cast<int>(bits >> 52) - 1023;
  double m = from_bits((bits & 0x000fffffffffffffu) | 0x3ff0000000000000u);
  if (m >= sqrt2) {
    m *= 0.5;
    k += 1;
  }
  return {k, m};
}

}  // namespace math_detail

/// e^x. Error at most 1 ulp (subnormal results: 1 ulp of the smallest subnormal). exp(NaN) is NaN; exp(-inf) is 0.
CARTWHEEL_HD inline double exp(double x) {
  using namespace math_detail;
  if (x != x) return x;
  if (x > 709.782712893384) return infinity();
  if (x < -745.133219101941) return 0.0;
  const double kd = (x * log2_e + to_whole) - to_whole;
  const int k = static_cast<int>(kd);
  double y;
  exp_of_rest(x, kd, y);
  if (k >= -1021 && k <= 1023) return y * power_of_two(k);
  if (k > 1023) return y * power_of_two(1023) * power_of_two(k - 1023);
  return y * power_of_two(k + 1000) * power_of_two(-1000);
}

/// Natural logarithm. Error at most 1 ulp. log(0) is -inf; NaN for x < 0.
CARTWHEEL_HD inline double log(double x) {
  using namespace math_detail;
  if (x != x || x == infinity()) return x;
  if (x == 0.0) return -infinity();
  if (x < 0.0) return not_a_number();
  const Parts parts = split_exponent(x);
  double result;
  log_of_parts(static_cast<double>(parts.k), parts.m - 1.0, 0.0, result);
  return result;
}

/// log(1 + x), exact for tiny x where 1 + x would round. Error at most 1 ulp. log1p(-1) is -inf; NaN for x < -1.
CARTWHEEL_HD inline double log1p(double x) {
  using namespace math_detail;
  if (x != x || x == infinity()) return x;
  if (x == -1.0) return -infinity();
  if (x < -1.0) return not_a_number();
  double result;
  if (x > -0.29 && x < 0.41) {
    log_of_parts(0.0, x, 0.0, result);
    return result;
  }
  const double sum = 1.0 + x;
  // What the addition rounded away, relative to the sum; it vanishes for large x.
  const double lost = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
  const Parts parts = split_exponent(sum);
  log_of_parts(static_cast<double>(parts.k), parts.m - 1.0, lost / sum, result);
  return result;
}

/// x * log2(x), with 0 at x = 0: the term of an entropy. Error at most 1.6 ulp; exact where x is a power of two.
/// NaN for x < 0.
CARTWHEEL_HD inline double x_log2_x(double x) {
  using namespace math_detail;
  if (x == 0.0) return 0.0;
  if (x != x || x == infinity()) return x;
  if (x < 0.0) return not_a_number();
  const Parts parts = split_exponent(x);
  const double f = parts.m - 1.0;
  // log(m) = high + low, high cut to its upper bits, so that the change of base does not round what matters.
  const double half_square = 0.5 * f * f;
  const double s = f / (2.0 + f);
  const double high = from_bits(bits_of(f - half_square) & 0xffffffff00000000u);
  double series;
  atanh_tail(s * s, series);
  const double low = ((f - high) - half_square) + s * (half_square + series);
  const double fraction = high * log2_e_head;
  const double rest = (low + high) * log2_e_tail + low * log2_e_head;
  const double exponent = static_cast<double>(parts.k);
  const double sum = exponent + fraction;
  // |exponent| is 0 or above |fraction|, so this is what the addition rounded away.
  const double lost = exponent == 0.0 ? 0.0 : (exponent - sum) + fraction;
  return x * (sum + (rest + lost));
}

/// 1 / (1 + e^-x), without overflow. Error at most 3 ulp.
CARTWHEEL_HD inline double sigmoid(double x) {
  if (x >= 0.0) return 1.0 / (1.0 + exp(-x));
  const double e = exp(x);
  return e / (1.0 + e);
}

/// log(1 + e^x), without overflow or cancellation: the log-loss of a margin. Error at most 2 ulp.
CARTWHEEL_HD inline double softplus(double x) { return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x)); }

}  // namespace cartwheel::core
