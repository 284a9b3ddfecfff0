#include "core/double_double.hpp"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <cmath>
#include <cstdint>

#include "core/philox.hpp"

namespace cartwheel::core {
namespace {

constexpr mpfr_prec_t precision = 300;

class Exact {
 public:
  Exact() { mpfr_init2(value_, precision); }
  explicit Exact(DoubleDouble x) : Exact() {
    mpfr_set_d(value_, x.high, MPFR_RNDN);
    mpfr_add_d(value_, value_, x.low, MPFR_RNDN);
  }
  ~Exact() { mpfr_clear(value_); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  mpfr_ptr get() { return value_; }

 private:
  mpfr_t value_;
};

/// log2 of the relative error of x.
double error_bits(DoubleDouble x, Exact& expected) {
  Exact difference(x);
  mpfr_sub(difference.get(), difference.get(), expected.get(), MPFR_RNDN);
  if (mpfr_zero_p(difference.get())) return -1000.0;
  mpfr_div(difference.get(), difference.get(), expected.get(), MPFR_RNDN);
  mpfr_abs(difference.get(), difference.get(), MPFR_RNDN);
  mpfr_log2(difference.get(), difference.get(), MPFR_RNDN);
  return mpfr_get_d(difference.get(), MPFR_RNDN);
}

DoubleDouble random_number(RandomStream& random) {
  const double high = std::ldexp(1.0 + random.uniform(), static_cast<int>(random.below(81)) - 40);
  return double_double_detail::ordered_sum(high, (random.uniform() - 0.5) * high * 0x1p-53);
}

class DoubleDoubleTest : public ::testing::Test {
 protected:
  RandomStream random{7, RandomPurpose::generate};
};

TEST_F(DoubleDoubleTest, SumsProductsAndQuotientsHave100Bits) {
  for (int i = 0; i < 20'000; ++i) {
    const DoubleDouble a = random_number(random), b = random_number(random);
    Exact exact_a(a), exact_b(b), expected;
    mpfr_add(expected.get(), exact_a.get(), exact_b.get(), MPFR_RNDN);
    EXPECT_LT(error_bits(a + b, expected), -100.0);
    mpfr_mul(expected.get(), exact_a.get(), exact_b.get(), MPFR_RNDN);
    EXPECT_LT(error_bits(a * b, expected), -100.0);
    mpfr_div(expected.get(), exact_a.get(), exact_b.get(), MPFR_RNDN);
    EXPECT_LT(error_bits(a / b, expected), -100.0);
  }
}

TEST_F(DoubleDoubleTest, DifferencesOfNeighboursAreExact) {
  for (int i = 0; i < 20'000; ++i) {
    const DoubleDouble a = random_number(random);
    const DoubleDouble b = a + DoubleDouble{a.high * 0x1p-60, 0.0};
    Exact exact_a(a), expected(b);
    mpfr_sub(expected.get(), expected.get(), exact_a.get(), MPFR_RNDN);
    if (!mpfr_zero_p(expected.get())) {
      EXPECT_LT(error_bits(b - a, expected), -40.0);
    }
  }
}

TEST_F(DoubleDoubleTest, IntegersAreExact) {
  for (const std::uint64_t x : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, (std::uint64_t{1} << 53) + 1,
                                std::uint64_t{0x8000000080000001}, std::uint64_t{0xffffffff7fffffff}}) {
    Exact sum(to_double_double(x));
    EXPECT_EQ(mpfr_get_uj(sum.get(), MPFR_RNDN), x);
  }
}

TEST_F(DoubleDoubleTest, EntropyTermHas95Bits) {
  const auto check = [](DoubleDouble x) {
    Exact exact_x(x), expected;
    mpfr_log2(expected.get(), exact_x.get(), MPFR_RNDN);
    mpfr_mul(expected.get(), expected.get(), exact_x.get(), MPFR_RNDN);
    if (mpfr_zero_p(expected.get())) {
      EXPECT_EQ(x_log2_x(x).high, 0.0);
      return;
    }
    EXPECT_LT(error_bits(x_log2_x(x), expected), -95.0) << x.high << " + " << x.low;
  };
  for (std::uint64_t x = 1; x < 3000; ++x) check(to_double_double(x));
  for (int i = 0; i < 5'000; ++i) {
    check(random_number(random));
    check(to_double_double((random.next_bits() | 1u << 31) >> random.below(31)));
    check({1.0, (random.uniform() - 0.5) * 0x1p-53});  // near the zero of the logarithm
    check(double_double_detail::ordered_sum(1.0 + random.uniform() * 0x1p-20, random.uniform() * 0x1p-80));
  }
  EXPECT_EQ(x_log2_x(DoubleDouble{}).high, 0.0);
}

}  // namespace
}  // namespace cartwheel::core
