#include "core/memory.hpp"

#include <gmock/gmock.h>

#include <cartwheel/column.hpp>
#include <cartwheel/error.hpp>
#include <limits>

namespace cartwheel::core {
namespace {

TEST(Memory, BytesAreWrittenForPeople) {
  EXPECT_EQ(format_bytes(17), "17 bytes");
  EXPECT_EQ(format_bytes(std::uint64_t{3} << 19), "1.5 MiB");
  EXPECT_EQ(format_bytes(std::uint64_t{9} << 29), "4.5 GiB");
}

TEST(Memory, WhatCannotFitIsRefusedWithBothFiguresAndTheAdvice) {
  EXPECT_GT(available_memory(), 0u);
  EXPECT_NO_THROW(require_memory(1000, "a small table", "nothing"));
  EXPECT_THAT(
      [] { require_memory(std::numeric_limits<std::uint64_t>::max(), "a table", "use less"); },
      ::testing::ThrowsMessage<DataError>(::testing::AllOf(::testing::HasSubstr("a table would need 17179869184.0 GiB"),
                                                           ::testing::HasSubstr("fix:  use less"))));
}

TEST(Column, ANewColumnIsZeroWhateverItsSize) {
  for (const std::size_t size : {0u, 1u, 1000u, 3'000'000u}) {
    Column<std::uint32_t> column(size);
    EXPECT_EQ(std::ranges::count(column, 0u), static_cast<std::ptrdiff_t>(size));
    column.push_back(7);
    EXPECT_EQ(column.back(), 7u);
    EXPECT_EQ(column.size(), size + 1);
  }
}

}  // namespace
}  // namespace cartwheel::core
