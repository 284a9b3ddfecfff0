#include "tree/bootstrap.hpp"

#include <gtest/gtest.h>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

TEST(Bootstrap, DrawsRowAfterRowFromItsStream) {
  for (const std::uint32_t rows : {1u, 2u, 1000u, 1u << 20})
    for (const std::uint32_t draws : {1u, 255u, 256u, 257u, 5000u}) {
      std::vector<std::uint32_t> expected(rows);
      core::RandomStream random(77, core::RandomPurpose::bootstrap_rows, 3);
      for (std::uint32_t i = 0; i < draws; ++i) ++expected[random.below(rows)];
      EXPECT_EQ(bootstrap_weights(77, 3, rows, draws), expected);
    }
}

}  // namespace
}  // namespace cartwheel::tree
