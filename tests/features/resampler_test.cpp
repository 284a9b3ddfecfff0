#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/resampler.hpp>
#include <map>

#include "core/bytes.hpp"

namespace cartwheel {
namespace {

/// `rows` labels, every `every`-th of them 1.
std::vector<std::uint8_t> labels(std::size_t rows, std::size_t every) {
  std::vector<std::uint8_t> y(rows);
  for (std::size_t i = 0; i < rows; i += every) y[i] = 1;
  return y;
}

std::size_t count(const std::vector<std::uint32_t>& rows, const std::vector<std::uint8_t>& y, std::uint8_t label) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, [&](std::uint32_t row) { return y[row] == label; }));
}

TEST(Resampler, LeavesOutRowsOfTheLargerClassAlone) {
  const auto y = labels(1000, 10);
  const auto step = Resampler::fit(y, {Resampling::under, 0.5, 3});
  const auto rows = step.rows(y);
  EXPECT_EQ(count(rows, y, 1), 100u);
  EXPECT_EQ(count(rows, y, 0), 200u);
  EXPECT_TRUE(std::ranges::is_sorted(rows, std::less_equal<>{}));
}

TEST(Resampler, RepeatsRowsOfTheSmallerClassAlone) {
  const auto y = labels(1000, 10);
  const auto step = Resampler::fit(y, {Resampling::over, 0.5, 3});
  const auto rows = step.rows(y);
  EXPECT_EQ(count(rows, y, 1), 450u);
  EXPECT_EQ(count(rows, y, 0), 900u);
  std::map<std::uint32_t, int> times;
  for (const std::uint32_t row : rows) ++times[row];
  EXPECT_EQ(times.size(), 1000u) << "every row stays";
  EXPECT_TRUE(std::ranges::is_sorted(rows));
}

TEST(Resampler, TheSmallerClassMayBeThatOfLabelZero) {
  auto y = labels(1000, 10);
  for (std::uint8_t& label : y) label = label == 0 ? 1 : 0;
  const auto step = Resampler::fit(y, {Resampling::under, 1.0, 3});
  const auto rows = step.rows(y);
  EXPECT_EQ(count(rows, y, 1), 100u);
  EXPECT_EQ(count(rows, y, 0), 100u);
  EXPECT_DOUBLE_EQ(step.odds_factor(), 9.0) << "there were nine times as many";
}

TEST(Resampler, ChangesNothingWhereTheRatioIsReached) {
  const auto y = labels(100, 3);
  for (const auto strategy : {Resampling::under, Resampling::over}) {
    const auto step = Resampler::fit(y, {strategy, 0.5, 3});
    EXPECT_EQ(step.rows(y).size(), 100u);
    std::vector<double> p{0.0, 0.25, 1.0};
    step.correct(p);
    EXPECT_THAT(p, ::testing::ElementsAre(0.0, 0.25, 1.0));
  }
}

TEST(Resampler, DependsOnTheSeedAlone) {
  const auto y = labels(300, 4);
  const auto rows = [&](std::uint64_t seed) { return Resampler::fit(y, {Resampling::under, 1.0, seed}).rows(y); };
  EXPECT_EQ(rows(1), rows(1));
  EXPECT_NE(rows(1), rows(2));
}

/// A model that learned the share of positives after resampling is corrected to the share before.
TEST(Resampler, BringsTheBaseRateBack) {
  const auto y = labels(1000, 8);
  for (const auto strategy : {Resampling::under, Resampling::over})
    for (const double ratio : {0.3, 1.0}) {
      const auto step = Resampler::fit(y, {strategy, ratio, 5});
      const auto rows = step.rows(y);
      std::vector<double> p{static_cast<double>(count(rows, y, 1)) / static_cast<double>(rows.size()), 0.0, 1.0};
      step.correct(p);
      EXPECT_NEAR(p[0], 0.125, 1e-15);
      EXPECT_EQ(p[1], 0.0);
      EXPECT_EQ(p[2], 1.0);
    }
}

TEST(Resampler, RefusesWhatCannotBe) {
  EXPECT_THROW(Resampler::fit(labels(10, 2), {Resampling::under, 0.0, 0}), ParameterError);
  EXPECT_THROW(Resampler::fit(labels(10, 2), {Resampling::under, 1.5, 0}), ParameterError);
  EXPECT_THROW(Resampler::fit(std::vector<std::uint8_t>(10, 1), {}), DataError);
}

TEST(Resampler, ReadsBackAndRefusesCutBytes) {
  const auto y = labels(100, 7);
  const auto step = Resampler::fit(y, {Resampling::over, 0.8, 9});
  core::ByteWriter out;
  step.write(out);
  core::ByteReader in(out.bytes(), "test");
  const auto back = Resampler::read(in);
  EXPECT_EQ(back.odds_factor(), step.odds_factor());
  EXPECT_EQ(back.rows(y), step.rows(y));
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    core::ByteReader cut(std::string_view(out.bytes()).substr(0, size), "test");
    EXPECT_THROW(Resampler::read(cut), DataError) << size;
  }
}

}  // namespace
}  // namespace cartwheel
