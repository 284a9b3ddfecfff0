#include "data/repeated_rows.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <map>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel::data {
namespace {

std::vector<std::uint64_t> repeated_by_definition(const std::vector<std::uint32_t>& values) {
  std::map<std::uint32_t, bool> seen;
  std::vector<std::uint64_t> rows;
  for (std::size_t row = 0; row < values.size(); ++row)
    if (!seen.emplace(values[row], true).second) rows.push_back(row);
  return rows;
}

/// @param fingerprints  how many different ones there are: few, and unequal rows share them.
std::vector<std::uint64_t> repeated(const std::vector<std::uint32_t>& values, std::uint64_t fingerprints,
                                    const SortingRoom& room) {
  const test::TemporaryFolder folder;
  const RepeatedRows found = find_repeated_rows(
      {values.size(), [&](std::uint64_t row) { return values[row] * 0x9e3779b97f4a7c15u % fingerprints; },
       [&](std::uint64_t a, std::uint64_t b) { return values[a] == values[b]; }},
      folder.path(), room);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::vector<std::uint64_t> rows;
  for (std::uint64_t row = 0; row < values.size(); ++row)
    if (found.contains(row)) rows.push_back(row);
  EXPECT_EQ(found.count, rows.size());
  return rows;
}

TEST(RepeatedRows, AreThoseThatEqualAnEarlierOneInMemoryAndOnDisk) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  for (const std::uint32_t distinct : {1u, 2u, 50u, 3'000u, 1'000'000u}) {
    std::vector<std::uint32_t> values(2'000);
    for (std::uint32_t& value : values) value = random.below(distinct);
    for (const std::uint64_t fingerprints : {std::uint64_t{7}, ~std::uint64_t{0}})
      for (const SortingRoom room : {SortingRoom{}, SortingRoom{1, 1}, SortingRoom{3, 2}, SortingRoom{100, 4},
                                     SortingRoom{1'999, 1}, SortingRoom{1'000, 2}})
        for (const int threads : {1, 3})
          core::with_threads(threads, [&] {
            ASSERT_EQ(repeated(values, fingerprints, room), repeated_by_definition(values))
                << distinct << " values, runs of " << room.rows_per_run;
          });
  }
}

TEST(RepeatedRows, RunsLongerThanAReadersBuffer) {
  core::RandomStream random(2, core::RandomPurpose::generate);
  std::vector<std::uint32_t> values(30'000);
  for (std::uint32_t& value : values) value = random.below(20'000);
  EXPECT_EQ(repeated(values, ~std::uint64_t{0}, {10'000, 2}), repeated_by_definition(values));
}

TEST(RepeatedRows, NoRowsRepeatNothing) { EXPECT_TRUE(repeated({}, 7, {}).empty()); }

TEST(RepeatedRows, AFolderThatIsNotThereIsNamed) {
  EXPECT_THAT(
      [] {
        find_repeated_rows({2, [](std::uint64_t) { return 0; }, [](std::uint64_t, std::uint64_t) { return true; }},
                           "/there/is/no/such/folder", {1, 1});
      },
      ::testing::ThrowsMessage<DataError>(
          ::testing::AllOf(::testing::HasSubstr("/there/is/no/such/folder"), ::testing::HasSubstr("TMPDIR"))));
}

}  // namespace
}  // namespace cartwheel::data
