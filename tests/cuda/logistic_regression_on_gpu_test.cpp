#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <numeric>
#include <set>
#include <string>

#include "core/device_context.hpp"
#include "cuda/both_devices.hpp"
#include "cuda/memory_limit.hpp"
#include "cuda/needs_device.hpp"
#include "linear/row_passes.hpp"
#include "support/labelled_rows.hpp"

namespace cartwheel::linear {
namespace {

/// Columns of every kind in turn, with missing values in some.
struct Sample {
  FeatureMatrix x;
  std::vector<std::uint8_t> y;
  std::vector<double> weight;

  Sample(std::size_t rows, std::size_t columns) : x(rows), y(rows) {
    test::TestRandom random(rows * 1000 + columns);
    for (std::size_t i = 0; i < rows; ++i) {
      y[i] = random.below(3) == 0;
      weight.push_back(0.1 + random.uniform());
    }
    if (rows >= 2) y[0] = 0, y[rows - 1] = 1;
    for (std::size_t j = 0; j < columns; ++j) {
      FloatColumn column{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) {
        const float dense = static_cast<float>(random.normal()) + 0.5f * static_cast<float>(y[i]);
        const float of_kind[] = {dense, random.below(3) == 0 ? -0.5f : 2.0f, random.below(20) == 0 ? 4.2f : -0.21f,
                                 random.below(12) == 0 ? dense : 1.5f};
        column.values[i] = of_kind[j % 4];
      }
      x.add(std::to_string(j), column);
    }
  }
};

/// The bits of all that a pass gives.
std::vector<double> numbers_of(RowPasses& passes, std::size_t n) {
  std::vector<double> all, gradient(n);
  test::TestRandom random(3);
  const auto evaluate = [&] {
    std::vector<double> beta(n);
    for (double& b : beta) b = random.below(5) == 0 ? 0.0 : random.normal();
    const RowPasses::Point point = passes.evaluate(beta, gradient);
    for (const double number :
         {point.loss, point.total_error, point.smallest_margin, point.least_move, point.largest_move})
      all.push_back(number);
    all.insert(all.end(), gradient.begin(), gradient.end());
  };
  evaluate();
  passes.keep();
  evaluate();
  for (const double t : {0.25, 1.0}) {
    const RowPasses::Way way = passes.along(t);
    all.push_back(way.loss);
    all.push_back(way.slope);
  }
  std::vector<std::uint32_t> coordinates(n);
  std::iota(coordinates.begin(), coordinates.end(), 0u);
  for (int round = 0; round < 2; ++round) {
    std::vector<double> gram(coordinates.size() * coordinates.size());
    passes.gram(coordinates, gram);
    all.insert(all.end(), gram.begin(), gram.end());
    if (n > 2) coordinates = {0, static_cast<std::uint32_t>(n - 2)};
  }
  return all;
}

void expect_numbers_of_cpu(std::size_t rows, std::size_t columns, bool weighted, bool intercept) {
  SCOPED_TRACE(::testing::Message() << rows << " rows, " << columns << " columns, " << weighted << intercept);
  const Sample sample(rows, columns);
  const std::span<const double> weight = weighted ? std::span<const double>(sample.weight) : std::span<const double>();
  const FilledColumns filled = FilledColumns::of(sample.x, weight);
  const Design design = Design::of(filled, WeightedRows(rows, weight), intercept);
  const LabelledRows labelled{sample.y, {0.7, 1.9}, weight};
  const auto cpu = make_cpu_row_passes(design, labelled), gpu = make_cuda_row_passes(design, labelled);
  const std::vector<double> expected = numbers_of(*cpu, design.size()), actual = numbers_of(*gpu, design.size());
  ASSERT_EQ(actual.size(), expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) different += actual[i] != expected[i];
  EXPECT_EQ(different, 0u) << "of " << actual.size() << " numbers";
}

void expect_numbers_of_cpu(std::size_t rows, std::size_t columns) {
  for (const bool weighted : {false, true})
    for (const bool intercept : {true, false}) expect_numbers_of_cpu(rows, columns, weighted, intercept);
}

TEST(LogisticRegressionOnGpu, PassesHaveTheBitsOfTheCpuForEveryNumberOfRows) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::size_t rows : {1u, 31u, 32u, 33u, 1023u, 1024u, 1025u, 9001u}) expect_numbers_of_cpu(rows, 9);
}

TEST(LogisticRegressionOnGpu, PassesHaveTheBitsOfTheCpuForEveryNumberOfColumns) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::size_t columns : {1u, 2u, 3u, 4u, 33u, 130u}) expect_numbers_of_cpu(200, columns);
  expect_numbers_of_cpu(70, 600, true, true);
}

TEST(LogisticRegressionOnGpu, WritesTheBytesOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  const Sample sample(3000, 7);
  for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::none}) {
    LogisticRegressionOptions options;
    options.penalty = penalty;
    options.C = 0.1;
    const auto fit = [&] { return test::bytes_of(LogisticRegression::fit(sample.x, sample.y, options)); };
    EXPECT_EQ(test::on_gpu(fit), fit());
  }
}

TEST(LogisticRegressionOnGpu, NoRowsGiveTheNumbersOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  Design design;
  design.intercept = true;
  const auto cpu = make_cpu_row_passes(design, {{}, {1.0, 1.0}, {}}),
             gpu = make_cuda_row_passes(design, {{}, {1.0, 1.0}, {}});
  EXPECT_EQ(numbers_of(*gpu, 1), numbers_of(*cpu, 1));
}

/// Columns that do not fit the memory go through it in blocks of tiles, with the same bits; where not even the rows'
/// margins fit, the error says what was asked for.
TEST(LogisticRegressionOnGpu, LittleMemoryGivesTheBitsOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  const Sample sample(20'000, 8);  // five tiles
  const FilledColumns filled = FilledColumns::of(sample.x, {});
  const Design design = Design::of(filled, WeightedRows(20'000, {}), true);
  const LabelledRows rows{sample.y, {1.0, 1.0}, {}};
  const std::vector<double> expected = numbers_of(*make_cpu_row_passes(design, rows), design.size());
  core::DeviceContext& context = core::DeviceContext::get();
  std::set<std::uint64_t> copies;  // of an evaluation
  std::string refused;
  for (const std::size_t kilobytes : {300u, 800u, 1000u, 1400u, 4000u}) {
    const test::MemoryLimit limit(kilobytes * 1000);
    try {
      const auto gpu = make_cuda_row_passes(design, rows);
      EXPECT_EQ(numbers_of(*gpu, design.size()), expected) << kilobytes;
      std::vector<double> beta(design.size()), gradient(design.size());
      gpu->evaluate(beta, gradient);
      const std::uint64_t before = context.work().copies_to_device;
      gpu->evaluate(beta, gradient);
      copies.insert(context.work().copies_to_device - before);
    } catch (const DeviceError& error) {
      refused = error.what();
    }
  }
  EXPECT_EQ(*copies.begin(), 1u);  // where all fits, coefficients alone are sent
  EXPECT_GE(copies.size(), 2u);
  EXPECT_THAT(refused, ::testing::AllOf(::testing::HasSubstr("are asked for"), ::testing::HasSubstr("--device cpu")));
}

TEST(LogisticRegressionOnGpu, AnEvaluationIsAFewLaunchesAndCopies) {
  CARTWHEEL_NEEDS_DEVICE();
  const Sample sample(9001, 60);
  const FilledColumns filled = FilledColumns::of(sample.x, {});
  const Design design = Design::of(filled, WeightedRows(9001, {}), true);
  const auto passes = make_cuda_row_passes(design, {sample.y, {1.0, 1.0}, {}});
  std::vector<double> beta(design.size()), gradient(design.size());
  passes->evaluate(beta, gradient);  // the first one sends the columns
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto launches = work.launches.load(), in = work.copies_to_device.load(), out = work.copies_to_host.load();
  passes->evaluate(beta, gradient);
  EXPECT_EQ(work.launches - launches, 5u);
  EXPECT_EQ(work.copies_to_device - in, 1u);
  EXPECT_EQ(work.copies_to_host - out, 2u);
}

}  // namespace
}  // namespace cartwheel::linear
