#pragma once

#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace cartwheel::test {

/// Measures functions of doubles against MPFR at 200 bits, in units of the last place of the exact result (the distance
/// between neighbouring doubles there; the smallest subnormal below the normal range).
class UlpError {
 public:
  UlpError() {
    mpfr_init2(x_, precision);
    mpfr_init2(exact_, precision);
  }
  ~UlpError() { mpfr_clears(x_, exact_, nullptr); }
  UlpError(const UlpError&) = delete;
  UlpError& operator=(const UlpError&) = delete;

  /// @param function  (mpfr_ptr result, mpfr_ptr x): what `got` should be at `x`.
  template <class Function>
  double measure(double x, double got, const Function& function) {
    mpfr_set_d(x_, x, MPFR_RNDN);
    function(exact_, x_);
    if (mpfr_zero_p(exact_)) return got == 0.0 ? 0.0 : infinity;
    const double rounded = mpfr_get_d(exact_, MPFR_RNDN);
    if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0.0 : infinity;
    if (std::isnan(got)) return infinity;
    const auto exponent = std::max<mpfr_exp_t>(mpfr_get_exp(exact_) - 1, -1022) - 52;
    mpfr_sub_d(exact_, exact_, got, MPFR_RNDN);
    mpfr_mul_2si(exact_, exact_, -exponent, MPFR_RNDN);
    return std::abs(mpfr_get_d(exact_, MPFR_RNDN));
  }

 private:
  static constexpr mpfr_prec_t precision = 200;
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  mpfr_t x_, exact_;
};

}  // namespace cartwheel::test
