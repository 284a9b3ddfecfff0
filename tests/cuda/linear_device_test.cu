#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/philox.hpp"
#include "cuda/on_device.cuh"
#include "linear/logistic_terms.hpp"

namespace cartwheel::linear {
namespace {

struct TermBits {
  std::uint64_t loss, error, curvature;
  friend bool operator==(const TermBits&, const TermBits&) = default;
};

struct Terms {
  CARTWHEEL_HD TermBits operator()(double margin) const {
    using core::math_detail::bits_of;
    const LogisticTerms terms = logistic_terms(margin);
    return {bits_of(terms.loss), bits_of(terms.error), bits_of(terms.curvature)};
  }
};

TEST(LogisticTermsOnDevice, HaveTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<double> margins = {0.0, -0.0, 0x1p-1074, 1e300, -1e300};
  core::RandomStream random(17, core::RandomPurpose::permutation);
  for (int i = 0; i < 20'000; ++i) {
    margins.push_back((random.uniform() - 0.5) * 1500.0);
    margins.push_back((random.uniform() - 0.5) * 8.0);
  }
  test::expect_results_of_host(Terms{}, margins);
}

}  // namespace
}  // namespace cartwheel::linear
