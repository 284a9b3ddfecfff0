#pragma once

#include <cstdint>

#include "core/host_device.hpp"
#include "core/math.hpp"

/// Numbers of about 104 bits, as the unevaluated sum of two doubles (T. J. Dekker, "A Floating-Point Technique for
/// Extending the Available Precision", 1971; D. E. Knuth's exact sum). For decisions that a double cannot make, such as
/// which of two nearly equal gains is larger. Only + - * / are used, so the bits are the same on every machine (see
/// core/math.hpp); numbers are to stay below 2^900 and products above 2^-900.
namespace cartwheel::core {

struct DoubleDouble {
  double high = 0.0;
  double low = 0.0;  ///< At most half an ulp of `high`.
};

namespace double_double_detail {

/// a + b exactly, where |a| >= |b| or a = 0.
CARTWHEEL_HD inline DoubleDouble ordered_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// a + b exactly.
CARTWHEEL_HD inline DoubleDouble exact_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// a as the sum of two numbers of 26 bits.
CARTWHEEL_HD inline DoubleDouble halves(double a) {
  const double shifted = 0x1.0000002p27 * a;  // 2^27 + 1
  const double high = shifted - (shifted - a);
  return {high, a - high};
}

/// a * b exactly.
CARTWHEEL_HD inline DoubleDouble exact_product(double a, double b) {
  const double product = a * b;
  const DoubleDouble x = halves(a), y = halves(b);
  return {product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

}  // namespace double_double_detail

/// Exact.
CARTWHEEL_HD inline DoubleDouble to_double_double(std::uint64_t x) {
  return double_double_detail::ordered_sum(static_cast<double>(x >> 32) * 0x1p32, static_cast<double>(x & 0xffffffffu));
}

CARTWHEEL_HD inline DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }

CARTWHEEL_HD inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  using namespace double_double_detail;
  const DoubleDouble high = exact_sum(a.high, b.high), low = exact_sum(a.low, b.low);
  const DoubleDouble sum = ordered_sum(high.high, high.low + low.high);
  return ordered_sum(sum.high, sum.low + low.low);
}

CARTWHEEL_HD inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }

CARTWHEEL_HD inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  using namespace double_double_detail;
  const DoubleDouble product = exact_product(a.high, b.high);
  return ordered_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

CARTWHEEL_HD inline DoubleDouble operator*(double a, DoubleDouble b) { return DoubleDouble{a, 0.0} * b; }

CARTWHEEL_HD inline DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
  // Long division: two digits of 53 bits, and a third that mends the second's rounding.
  const double first = a.high / b.high;
  DoubleDouble rest = a - first * b;
  const double second = rest.high / b.high;
  rest = rest - second * b;
  return double_double_detail::ordered_sum(first, second) + DoubleDouble{rest.high / b.high, 0.0};
}

/// x * log2(x) for x >= 0, with 0 at x = 0. Relative error below 2^-95.
CARTWHEEL_HD inline DoubleDouble x_log2_x(DoubleDouble x) {
  if (x.high == 0.0) return {};
  const math_detail::Parts parts = math_detail::split_exponent(x.high);
  // Two steps, because 2^-k alone may overflow.
  const double scale = math_detail::power_of_two(-(parts.k / 2)),
               rest = math_detail::power_of_two(-(parts.k - parts.k / 2));
  const DoubleDouble m{x.high * scale * rest, x.low * scale * rest};
  // log(m) = 2 * atanh(s) = 2s * sum of z^n / (2n + 1), |s| <= 0.172, z = s * s <= 0.0295: 22 terms reach 2^-110.
  const DoubleDouble one{1.0, 0.0};
  const DoubleDouble s = (m - one) / (m + one);
  const DoubleDouble z = s * s;
  double tail = 0.0;  // a double is enough for the terms from n = 11 on, which together stay below 2^-59
  for (int n = 21; n >= 11; --n) tail = 1.0 / (2 * n + 1) + z.high * tail;
  DoubleDouble series{tail, 0.0};
  for (int n = 10; n >= 0; --n) series = one / DoubleDouble{2.0 * n + 1.0, 0.0} + z * series;
  const DoubleDouble log2_e{math_detail::log2_e, math_detail::log2_e_low};
  const DoubleDouble log2_m = 2.0 * (s * series) * log2_e;
  return x * (DoubleDouble{static_cast<double>(parts.k), 0.0} + log2_m);
}

}  // namespace cartwheel::core
