#include <gtest/gtest.h>

#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <limits>

#include "bayes/bit_counts.hpp"
#include "core/device_context.hpp"
#include "cuda/both_devices.hpp"
#include "cuda/needs_device.hpp"
#include "support/labelled_rows.hpp"

namespace cartwheel {
namespace {

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

/// Columns of every kind in turn, some with missing values; both classes where there are two rows.
struct Sample {
  FeatureMatrix x;
  std::vector<std::uint8_t> y;
  std::vector<double> weight;

  Sample(std::uint64_t seed, std::size_t rows, std::size_t columns) : x(rows), y(rows) {
    test::TestRandom random(seed);
    for (std::size_t i = 0; i < rows; ++i) {
      y[i] = random.below(3) == 0;
      weight.push_back(0.1 + random.uniform());
    }
    if (rows >= 2) y[0] = 0, y[rows - 1] = 1;
    for (std::size_t j = 0; j < columns; ++j) x.add(std::to_string(j), column(random, rows, j % 4));
  }

  static FeatureMatrix::Column column(test::TestRandom& random, std::size_t rows, std::size_t kind) {
    if (kind == 0) {
      FloatColumn column;
      for (std::size_t i = 0; i < rows; ++i)
        column.values.push_back(random.below(9) == 0 ? nothing : static_cast<float>(random.normal()));
      return column;
    }
    if (kind == 1) {
      BitColumn column{std::vector<std::uint64_t>((rows + 63) / 64)};
      for (std::size_t i = 0; i < rows; ++i) column.words[i / 64] |= std::uint64_t{random.below(2)} << (i % 64);
      return column;
    }
    if (kind == 2) {
      CategoryColumn column{{}, {"", "a", "b", "c"}};
      for (std::size_t i = 0; i < rows; ++i) column.codes.push_back(static_cast<std::uint32_t>(random.below(4)));
      return column;
    }
    SparseColumn column;
    for (std::size_t i = 0; i < rows; ++i)
      if (random.below(5) == 0) {
        column.rows.push_back(static_cast<std::uint32_t>(i));
        column.values.push_back(random.below(4) == 0 ? nothing : 1.0f - 2.0f * static_cast<float>(random.below(2)));
      }
    return column;
  }
};

/// Counts are compared, so that shapes too small for a model are seen too.
void expect_counts_of_cpu(std::size_t rows, std::size_t columns) {
  SCOPED_TRACE(::testing::Message() << rows << " rows, " << columns << " columns");
  const Sample sample(rows + columns, rows, columns);
  for (const bool weighted : {false, true})
    for (const double cut : {-0.5, 0.0, 1.5}) {
      const std::span<const double> weight =
          weighted ? std::span<const double>(sample.weight) : std::span<const double>();
      const bayes::BitCounts cpu = bayes::count_bits(sample.x, sample.y, weight, cut),
                             gpu = bayes::count_bits_on_cuda(sample.x, sample.y, weight, cut);
      EXPECT_EQ(gpu.rows, cpu.rows) << weighted << cut;
      EXPECT_EQ(gpu.ones, cpu.ones) << weighted << cut;
      EXPECT_EQ(gpu.missing, cpu.missing) << weighted << cut;
    }
}

TEST(BernoulliNBOnGpu, CountsLikeTheCpuForEveryNumberOfRows) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::size_t rows : {0u, 1u, 31u, 32u, 33u, 1023u, 1024u, 1025u, 4096u, 4097u, 20'000u})
    expect_counts_of_cpu(rows, 5);
}

TEST(BernoulliNBOnGpu, CountsLikeTheCpuForEveryNumberOfColumns) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::size_t columns : {0u, 1u, 7u, 8u, 9u, 600u}) expect_counts_of_cpu(130, columns);
}

TEST(BernoulliNBOnGpu, WritesTheBytesOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  const Sample sample(7, 5000, 12);
  for (const bool weighted : {false, true}) {
    const auto fit = [&] {
      return test::bytes_of(BernoulliNB::fit(
          sample.x, sample.y, {}, weighted ? std::span<const double>(sample.weight) : std::span<const double>()));
    };
    EXPECT_EQ(test::on_gpu(fit), fit());
  }
}

TEST(BernoulliNBOnGpu, LaunchesDoNotGrowWithColumns) {
  CARTWHEEL_NEEDS_DEVICE();
  const Sample sample(7, 500, 100);
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto launches = work.launches.load(), copies = work.copies_to_host.load();
  bayes::count_bits_on_cuda(sample.x, sample.y, sample.weight, 0.0);
  EXPECT_EQ(work.launches - launches, 2u);
  EXPECT_EQ(work.copies_to_host - copies, 1u);
}

TEST(BernoulliNBOnGpu, AValueWithoutABitIsTheSameError) {
  CARTWHEEL_NEEDS_DEVICE();
  FeatureMatrix x(3);
  x.add("a", FloatColumn{{0.0f, 2.0f, 1.0f}});
  const std::vector<std::uint8_t> y{0, 1, 1};
  EXPECT_THROW(bayes::count_bits_on_cuda(x, y, {}, std::nullopt), DataError);
}

}  // namespace
}  // namespace cartwheel
