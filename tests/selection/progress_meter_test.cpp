#include "selection/progress_meter.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <vector>

using namespace cartwheel;
using selection::ProgressMeter;

namespace {

TEST(ProgressMeter, TellsOfTheBeginningEveryFitAndTheEnd) {
  std::vector<std::uint64_t> told;
  const ProgressCallback callback = [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, "fitting models");
    EXPECT_EQ(progress.total, 3u);
    told.push_back(progress.done);
    return true;
  };
  ProgressMeter meter(callback, "fitting models", 3);
  for (int i = 0; i < 3; ++i) meter.finish_one();
  EXPECT_THAT(told, ::testing::ElementsAre(0, 1, 2, 3));
}

TEST(ProgressMeter, TellsABoundedNumberOfTimes) {
  std::vector<std::uint64_t> told;
  const ProgressCallback callback = [&](const Progress& progress) {
    told.push_back(progress.done);
    return true;
  };
  constexpr std::uint64_t total = 123'456;
  ProgressMeter meter(callback, "fitting models", total);
  for (std::uint64_t i = 0; i < total; ++i) meter.finish_one();
  EXPECT_LE(told.size(), 1010u);
  EXPECT_EQ(told.back(), total);
}

TEST(ProgressMeter, AsksNoMoreOnceItWasStopped) {
  int asked = 0;
  const ProgressCallback callback = [&](const Progress& progress) {
    ++asked;
    return progress.done < 2;
  };
  ProgressMeter meter(callback, "fitting models", 100);
  meter.finish_one();
  EXPECT_NO_THROW(meter.check());
  EXPECT_THROW(meter.finish_one(), Cancelled);
  EXPECT_THROW(meter.check(), Cancelled);
  EXPECT_THROW(meter.finish_one(), Cancelled);  // of another thread, which was in its fit when the wish came
  EXPECT_EQ(asked, 3);
}

TEST(ProgressMeter, MayBeStoppedBeforeTheFirstFit) {
  const ProgressCallback callback = [](const Progress&) { return false; };
  EXPECT_THROW(ProgressMeter(callback, "fitting models", 5), Cancelled);
}

TEST(ProgressMeter, NeedsNoCallback) {
  const ProgressCallback none;
  ProgressMeter meter(none, "fitting models", 1);
  EXPECT_NO_THROW(meter.finish_one());
}

}  // namespace
