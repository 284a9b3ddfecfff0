#include "core/parallel.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cartwheel/error.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace cartwheel::core {
namespace {

TEST(ParallelFor, CallsEveryIndexOnce) {
  for (const std::size_t n : {0, 1, 2, 3, 1000, 100'000}) {
    std::vector<std::atomic<int>> calls(n);
    parallel_for(n, [&](std::size_t i) { ++calls[i]; });
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(calls[i], 1) << i << " of " << n;
  }
}

TEST(ParallelFor, Nests) {
  constexpr std::size_t outer = 20, inner = 300;
  std::vector<std::vector<std::size_t>> results(outer, std::vector<std::size_t>(inner));
  parallel_for(outer,
               [&](std::size_t i) { parallel_for(inner, [&, i](std::size_t j) { results[i][j] = i * inner + j; }); });
  for (std::size_t i = 0; i < outer; ++i)
    for (std::size_t j = 0; j < inner; ++j) ASSERT_EQ(results[i][j], i * inner + j);
}

TEST(ParallelFor, WritesAreSeenAfterwards) {
  std::vector<std::size_t> values(10'000);
  for (std::size_t round = 1; round <= 20; ++round) {
    parallel_for(values.size(), [&](std::size_t i) { values[i] += i; });
    const std::size_t sum = std::accumulate(values.begin(), values.end(), std::size_t{0});
    ASSERT_EQ(sum, round * (10'000 * 9'999 / 2));
  }
}

TEST(ParallelFor, PassesOnTheExceptionOfTheLowestIndex) {
  for (const int threads : {1, 2, 7})
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::string message;
      try {
        with_threads(threads, [] {
          parallel_for(1000, [](std::size_t i) {
            if (i % 100 == 37) throw std::runtime_error(std::to_string(i));
          });
        });
      } catch (const std::runtime_error& error) {
        message = error.what();
      }
      ASSERT_EQ(message, "37");
    }
}

TEST(ParallelFor, RunsAllIndicesBelowTheOneThatThrew) {
  std::vector<std::atomic<int>> calls(1000);
  EXPECT_THROW(parallel_for(1000,
                            [&](std::size_t i) {
                              ++calls[i];
                              if (i == 500) throw std::runtime_error("stop");
                            }),
               std::runtime_error);
  for (std::size_t i = 0; i <= 500; ++i) ASSERT_EQ(calls[i], 1);
}

TEST(ParallelFor, ExceptionsLeaveANestedLoop) {
  const auto nested = [] {
    parallel_for(8, [](std::size_t i) {
      parallel_for(8, [i](std::size_t j) {
        if (j == 3) throw std::out_of_range(std::to_string(10 * i + j));
      });
    });
  };
  EXPECT_THAT(nested, ::testing::ThrowsMessage<std::out_of_range>("3"));
}

TEST(ParallelForBlocks, CutsAtMultiplesOfTheBlock) {
  for (const std::size_t n : {0, 1, 9, 10, 11, 95})
    for (const int threads : {1, 3}) {
      std::vector<std::pair<std::size_t, std::size_t>> blocks((n + 9) / 10);
      with_threads(threads, [&] {
        parallel_for_blocks(n, 10, [&](std::size_t begin, std::size_t end) { blocks.at(begin / 10) = {begin, end}; });
      });
      for (std::size_t b = 0; b < blocks.size(); ++b)
        EXPECT_EQ(blocks[b], std::make_pair(10 * b, std::min(n, 10 * b + 10)));
    }
}

/// The most bodies that were ever at work at once.
int most_at_once(std::size_t n) {
  std::atomic<int> now{0}, most{0};
  parallel_for(n, [&](std::size_t) {
    const int at_work = ++now;
    int seen = most;
    while (at_work > seen && !most.compare_exchange_weak(seen, at_work)) {
    }
    std::atomic<int> work{0};
    while (work < 1000) ++work;
    --now;
  });
  return most;
}

TEST(WithThreads, LimitsHowManyWorkAtOnce) {
  for (const int threads : {1, 2, 7})  // 7: more than there are cores
    with_threads(threads, [&] {
      EXPECT_EQ(thread_count(), threads);
      for (int repeat = 0; repeat < 10; ++repeat) EXPECT_LE(most_at_once(200), threads);
    });
}

TEST(WithThreads, ZeroKeepsTheCallersThreads) {
  const int outside = thread_count();
  EXPECT_GE(outside, 1);
  with_threads(0, [&] { EXPECT_EQ(thread_count(), outside); });
  with_threads(3, [] { with_threads(0, [] { EXPECT_EQ(thread_count(), 3); }); });
  EXPECT_EQ(thread_count(), outside);
}

TEST(WithThreads, PassesExceptionsOnAndEndsItsLimit) {
  const int outside = thread_count();
  EXPECT_THROW(with_threads(5, [] { throw std::runtime_error("from within"); }), std::runtime_error);
  EXPECT_EQ(thread_count(), outside);
}

TEST(WithThreads, RefusesImpossibleNumbers) {
  bool ran = false;
  for (const int threads : {-1, 1025, -2'000'000'000})
    EXPECT_THAT([&] { with_threads(threads, [&] { ran = true; }); },
                ::testing::ThrowsMessage<ParameterError>(::testing::AllOf(
                    ::testing::HasSubstr("threads is " + std::to_string(threads)), ::testing::HasSubstr("[0, 1024]"))));
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace cartwheel::core
