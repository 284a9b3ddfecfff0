#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/double_double.hpp"
#include "core/math.hpp"
#include "core/philox.hpp"
#include "cuda/on_device.cuh"

namespace cartwheel::core {
namespace {

using math_detail::bits_of;

/// A result as its bits, so that 0 differs from -0. Every NaN is the same one: devices may fill in other digits.
template <std::size_t n>
struct Bits {
  std::uint64_t words[n];
  friend bool operator==(const Bits&, const Bits&) = default;
};
using DoubleBits = Bits<1>;
using DoubleDoubleBits = Bits<2>;

CARTWHEEL_HD DoubleBits to_bits(double x) { return {{bits_of(x != x ? math_detail::not_a_number() : x)}}; }
CARTWHEEL_HD DoubleDoubleBits to_bits(DoubleDouble x) { return {{bits_of(x.high), bits_of(x.low)}}; }

/// Doubles of every size and both signs: special values, places where the functions change their form, bit patterns,
/// and numbers of ordinary size.
std::vector<double> doubles() {
  std::vector<double> points = {
      0.0,       math_detail::infinity(), math_detail::not_a_number(), 1.0, 0.29, 0.41, 709.7827, 36.7, 745.1332,
      0x1p-1074, 0x1.fffffffffffffp1023};
  for (int k = -1074; k <= 1023; ++k) points.push_back(std::ldexp(1.0, k));
  RandomStream random(7, RandomPurpose::permutation);
  for (int i = 0; i < 10'000; ++i) {
    points.push_back(math_detail::from_bits(random.next_bits()));
    points.push_back(random.uniform() * 750.0);
    points.push_back(random.uniform() * 4.0);
    points.push_back(1.0 + (random.uniform() - 0.5) * 0x1p-4);
    points.push_back(std::ldexp(1.0 + random.uniform(), -static_cast<int>(random.below(60))));
  }
  const std::size_t count = points.size();
  for (std::size_t i = 0; i < count; ++i) points.push_back(-points[i]);
  return points;
}

struct Exp {
  CARTWHEEL_HD DoubleBits operator()(double x) const { return to_bits(exp(x)); }
};
struct Log {
  CARTWHEEL_HD DoubleBits operator()(double x) const { return to_bits(log(x)); }
};
struct Log1p {
  CARTWHEEL_HD DoubleBits operator()(double x) const { return to_bits(log1p(x)); }
};
struct XLog2X {
  CARTWHEEL_HD DoubleBits operator()(double x) const { return to_bits(x_log2_x(x)); }
};
struct Sigmoid {
  CARTWHEEL_HD DoubleBits operator()(double x) const { return to_bits(sigmoid(x)); }
};
struct Softplus {
  CARTWHEEL_HD DoubleBits operator()(double x) const { return to_bits(softplus(x)); }
};

TEST(MathOnDevice, ExpHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Exp{}, doubles());
}

TEST(MathOnDevice, LogHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Log{}, doubles());
}

TEST(MathOnDevice, Log1pHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Log1p{}, doubles());
}

TEST(MathOnDevice, XLog2XHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(XLog2X{}, doubles());
}

TEST(MathOnDevice, SigmoidHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Sigmoid{}, doubles());
}

TEST(MathOnDevice, SoftplusHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Softplus{}, doubles());
}

struct PhiloxInput {
  PhiloxBlock counter;
  std::uint32_t key0, key1;
};
struct Philox {
  CARTWHEEL_HD Bits<2> operator()(const PhiloxInput& in) const {
    const PhiloxBlock out = philox(in.counter, in.key0, in.key1);
    return {{std::uint64_t{out.words[0]} << 32 | out.words[1], std::uint64_t{out.words[2]} << 32 | out.words[3]}};
  }
};

TEST(PhiloxOnDevice, HasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<PhiloxInput> in = {{{{0, 0, 0, 0}}, 0, 0}, {{{~0u, ~0u, ~0u, ~0u}}, ~0u, ~0u}};
  RandomStream random(11, RandomPurpose::permutation);
  const auto word = [&random] { return random.next_word(); };
  for (int i = 0; i < 10'000; ++i) in.push_back({{{word(), word(), word(), word()}}, word(), word()});
  test::expect_results_of_host(Philox{}, in);
}

/// Something of each kind of number that a stream hands out, after some others.
struct DrawFromStream {
  CARTWHEEL_HD Bits<4> operator()(std::uint32_t id) const {
    RandomStream random(2024, RandomPurpose::bootstrap_rows, id, std::uint64_t{id} * 0x9e3779b97f4a7c15u);
    for (std::uint32_t i = 0; i < id % 7; ++i) random.next_word();
    const std::uint32_t below = random.below(id % 3 == 0 ? 0xc0000001u : id + 1);  // the former is often drawn again
    return {{below, bits_of(random.uniform()), random.next_bits(), random.word(std::uint64_t{id} << 20)}};
  }
};

TEST(RandomStreamOnDevice, HasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<std::uint32_t> ids(10'000);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::uint32_t>(i);
  test::expect_results_of_host(DrawFromStream{}, ids);
}

struct DoubleDoublePair {
  DoubleDouble a, b;
};
struct Sum {
  CARTWHEEL_HD DoubleDoubleBits operator()(const DoubleDoublePair& x) const { return to_bits(x.a + x.b); }
};
struct Difference {
  CARTWHEEL_HD DoubleDoubleBits operator()(const DoubleDoublePair& x) const { return to_bits(x.a - x.b); }
};
struct Product {
  CARTWHEEL_HD DoubleDoubleBits operator()(const DoubleDoublePair& x) const { return to_bits(x.a * x.b); }
};
struct Quotient {
  CARTWHEEL_HD DoubleDoubleBits operator()(const DoubleDoublePair& x) const { return to_bits(x.a / x.b); }
};
struct XLog2XOfFirst {
  CARTWHEEL_HD DoubleDoubleBits operator()(const DoubleDoublePair& x) const { return to_bits(x_log2_x(x.a)); }
};

/// Pairs of numbers between 2^-32 and 2^32.
std::vector<DoubleDoublePair> pairs() {
  RandomStream random(13, RandomPurpose::permutation);
  const auto number = [&random] {
    const double high = std::ldexp(1.0 + random.uniform(), static_cast<int>(random.below(64)) - 32);
    return double_double_detail::ordered_sum(high, (random.uniform() - 0.5) * 0x1p-53 * high);
  };
  std::vector<DoubleDoublePair> result;
  for (int i = 0; i < 10'000; ++i) result.push_back({number(), number()});
  return result;
}

TEST(DoubleDoubleOnDevice, SumHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Sum{}, pairs());
}

TEST(DoubleDoubleOnDevice, DifferenceHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Difference{}, pairs());
}

TEST(DoubleDoubleOnDevice, ProductHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Product{}, pairs());
}

TEST(DoubleDoubleOnDevice, QuotientHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(Quotient{}, pairs());
}

TEST(DoubleDoubleOnDevice, XLog2XHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  test::expect_results_of_host(XLog2XOfFirst{}, pairs());
}

}  // namespace
}  // namespace cartwheel::core
