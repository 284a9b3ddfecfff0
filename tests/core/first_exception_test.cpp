#include "core/first_exception.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

namespace cartwheel::core {
namespace {

void fail(std::size_t i) { throw std::runtime_error(std::to_string(i)); }

TEST(FirstException, IsTheOneOfTheLowestIndexInAnyOrder) {
  FirstException failure;
  for (const std::size_t i : {500, 37, 100}) failure.run(i, fail);
  EXPECT_THAT([&] { failure.rethrow(); }, ::testing::ThrowsMessage<std::runtime_error>("37"));
}

TEST(FirstException, LeavesOutOnlyHigherIndices) {
  FirstException failure;
  failure.run(500, fail);
  int runs = 0;
  failure.run(501, [&](std::size_t) { ++runs; });
  EXPECT_EQ(runs, 0);
  failure.run(499, [&](std::size_t) { ++runs; });
  EXPECT_EQ(runs, 1);
}

TEST(FirstException, WithoutOneNothingIsThrown) {
  FirstException failure;
  failure.run(0, [](std::size_t) {});
  EXPECT_NO_THROW(failure.rethrow());
}

}  // namespace
}  // namespace cartwheel::core
