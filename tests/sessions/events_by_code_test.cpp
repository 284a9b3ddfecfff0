#include "sessions/events_by_code.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "core/parallel.hpp"
#include "core/philox.hpp"

namespace cartwheel::sessions {
namespace {

/// The rows of each code, in the order in which they are handed out.
std::map<Code, std::vector<std::uint64_t>> visited(const std::vector<Code>& codes, std::size_t block_rows) {
  std::map<Code, std::vector<std::uint64_t>> rows;
  std::mutex mutex;
  EventsByCode(codes, block_rows).visit([&](const EventBatch& batch) {
    const std::scoped_lock lock(mutex);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      EXPECT_EQ(batch.codes[i], codes[batch.row(i)]);
      if (batch.codes[i] != missing_code) rows[batch.codes[i]].push_back(batch.row(i));
    }
  });
  return rows;
}

std::map<Code, std::vector<std::uint64_t>> by_definition(const std::vector<Code>& codes) {
  std::map<Code, std::vector<std::uint64_t>> rows;
  for (std::size_t row = 0; row < codes.size(); ++row)
    if (codes[row] != missing_code) rows[codes[row]].push_back(row);
  return rows;
}

TEST(EventsByCode, EachCodesEventsComeOnceAndInRowOrderWithAnyThreadsAndBlocks) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  for (const std::uint32_t distinct : {1u, 5u, 300u, 100'000u}) {
    std::vector<Code> any(9'000), growing(9'000);
    for (std::size_t row = 0; row < any.size(); ++row) {
      any[row] = random.below(distinct);
      const auto newest = static_cast<std::uint32_t>(row * distinct / growing.size());
      growing[row] = random.below(9) == 0 ? missing_code : newest - std::min(newest, random.below(4)) + 1;
    }
    for (const auto& codes : {any, growing})
      for (const int threads : {1, 2, 7})
        for (const std::size_t block_rows : {1u, 16u, 1'000u, 3'000u, 65'536u})
          core::with_threads(threads, [&] {
            ASSERT_EQ(visited(codes, block_rows), by_definition(codes))
                << distinct << " codes, " << threads << " threads, blocks of " << block_rows;
          });
  }
}

/// Counts without atomics would lose some, and the thread sanitizer would say so.
TEST(EventsByCode, ThreadsNeverShareACode) {
  core::RandomStream random(2, core::RandomPurpose::generate);
  std::vector<Code> codes(50'000);
  for (Code& code : codes) code = 1 + random.below(5'000);
  std::vector<std::uint32_t> counts(5'001), expected(5'001);
  for (const Code code : codes) ++expected[code];
  core::with_threads(7, [&] {
    EventsByCode(codes, 512).visit([&](const EventBatch& batch) {
      for (const Code code : batch.codes) ++counts[code];
    });
  });
  EXPECT_EQ(counts, expected);
}

TEST(EventsByCode, NothingIsHandedOutOfNothing) { EXPECT_TRUE(visited({}, 16).empty()); }

}  // namespace
}  // namespace cartwheel::sessions
