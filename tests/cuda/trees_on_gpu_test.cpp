#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <limits>
#include <string>

#include "core/bytes.hpp"
#include "core/device_context.hpp"
#include "core/philox.hpp"
#include "cuda/memory_limit.hpp"
#include "cuda/mixed_matrix.hpp"
#include "cuda/needs_device.hpp"
#include "support/float_matrix.hpp"
#include "support/random_tree_task.hpp"
#include "tree/bootstrap.hpp"
#include "tree/device_columns.hpp"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/sample_units.hpp"

/// Trees that the GPU grows are the CPU's, down to the byte.
namespace cartwheel::tree {
namespace {

std::string bytes_of(const TreeNodes& tree) {
  core::ByteWriter out;
  tree.write(out);
  return out.bytes();
}

/// What a forest is grown on.
struct Task {
  BinnedColumns x;
  std::vector<std::uint8_t> labels;
  std::vector<std::vector<std::uint32_t>> weights;  ///< Of each tree; empty: each row once.
  GrowSettings settings;
};

/// @return how many nodes there are in all.
std::size_t expect_trees_of_cpu(const Task& task) {
  std::vector<TreeSample> samples;
  for (std::size_t i = 0; i < task.weights.size(); ++i)
    samples.push_back({static_cast<std::uint32_t>(3 * i), task.weights[i]});
  const auto expected = make_cpu_grower(task.x, task.labels, task.settings)->grow(samples);
  const auto trees = make_cuda_grower(task.x, task.labels, task.settings)->grow(samples);
  EXPECT_EQ(trees.size(), expected.size());
  std::size_t nodes = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(bytes_of(trees[i]), bytes_of(expected[i]))
        << "tree " << i << " has " << trees[i].size() << " nodes, the CPU's " << expected[i].size();
    nodes += expected[i].size();
  }
  return nodes;
}

/// Random columns of numbers, `values` different ones in each, and labels that have something to do with them.
Task random_task(std::uint64_t seed, std::uint32_t rows, std::uint32_t columns, std::uint32_t values) {
  core::RandomStream random(seed, core::RandomPurpose::generate);
  std::vector<std::vector<float>> x(columns, std::vector<float>(rows));
  Task task;
  for (std::uint32_t row = 0; row < rows; ++row) {
    std::uint32_t low = 0;
    for (auto& column : x) {
      const std::uint32_t value = random.below(values);
      column[row] = static_cast<float>(value);
      low += 2 * value < values ? 1 : 0;
    }
    task.labels.push_back(random.below(columns + 1) < low ? 1 : 0);
  }
  task.x = bin_columns(test::float_matrix(x), 255);
  DecisionTreeOptions options;
  options.seed = seed;
  task.settings = make_grow_settings(options, {rows, 1}, columns);
  task.weights.resize(1);
  return task;
}

TEST(TreesOnGpu, HardCasesAreThoseOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const test::OracleTask oracle = test::random_tree_task(seed);
    const auto rows = static_cast<std::uint32_t>(oracle.labels.size());
    core::RandomStream random(seed, core::RandomPurpose::bootstrap_rows);
    Task task{bin_columns(test::float_matrix(oracle.columns), 255), oracle.labels, {}, {}};
    task.settings = make_grow_settings(test::options_of(oracle), {rows, 1}, oracle.columns.size());
    task.settings.seed = seed;
    task.settings.max_features = 1 + random.below(static_cast<std::uint32_t>(oracle.columns.size()));
    task.settings.balanced_subsample = random.below(3) == 0;
    task.settings.plan.rows_a_block = random.below(2) == 0 ? 4 : 16384;
    const bool bootstrap = random.below(2) == 0;
    for (std::uint32_t tree = 0; tree < 3; ++tree)
      task.weights.push_back(bootstrap ? bootstrap_weights(seed, tree, rows, rows) : std::vector<std::uint32_t>());
    expect_trees_of_cpu(task);
  }
}

TEST(TreesOnGpu, AnyNumberOfRowsColumnsAndBinsGivesTheTreesOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::size_t nodes = 0;
  for (const std::uint32_t rows : {1u, 31u, 32u, 33u, 1023u, 1024u, 1025u}) {
    for (const std::uint32_t values : {2u, 33u, 255u}) {
      SCOPED_TRACE(rows * 1000 + values);
      Task task = random_task(rows, rows, values == 33 ? 40 : 3, values);
      task.settings.plan.rows_a_block = values == 2 ? 100 : 16384;
      nodes += expect_trees_of_cpu(task);
    }
  }
  EXPECT_GT(nodes, 1000u);
}

TEST(TreesOnGpu, CategoriesWideColumnsAndWeightsGiveTheTreesOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  constexpr std::uint32_t rows = 300;
  std::size_t nodes = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    Task task;
    task.x = bin_columns(test::mixed_matrix(seed, rows, task.labels), 65'535);
    DecisionTreeOptions options;
    options.seed = seed;
    options.criterion = seed % 2 == 0 ? Criterion::gini : Criterion::entropy;
    options.min_samples_leaf.count = seed % 3 == 0 ? 5 : 1;
    if (seed % 4 == 3) options.class_weight.rule = ClassWeight::Rule::balanced;
    task.settings = make_grow_settings(options, {rows, rows / 3}, task.x.columns);
    if (seed % 4 > 1) task.settings.max_features = 1;  // else columns of many levels decide everything at the root
    task.settings.plan.rows_a_block = seed % 2 == 0 ? 60 : 16384;
    core::RandomStream random(seed, core::RandomPurpose::bootstrap_rows);
    std::vector<double> weights;
    for (std::uint32_t row = 0; row < rows; ++row) weights.push_back(0.01 + random.uniform());
    const SampleUnits units(weights);
    if (seed >= 4) task.settings.units = units.units;
    task.weights = {{}, bootstrap_weights(seed, 3, rows, rows)};
    nodes += expect_trees_of_cpu(task);
  }
  EXPECT_GT(nodes, 400u);
}

TEST(TreesOnGpu, ANodeLooksAtFeaturesUntilEnoughOfThemVary) {
  CARTWHEEL_NEEDS_DEVICE();
  std::size_t nodes = 0;
  for (const std::uint32_t wanted : {1u, 5u, 99u}) {
    SCOPED_TRACE(wanted);
    Task task = random_task(wanted, 80, 100, 4);
    for (std::uint32_t j = 0; j < 90; ++j)  // a tenth of these vary
      if (j % 10 != 0) std::get<0>(task.x.bins[j]).assign(80, j % 4);
    task.settings.max_features = wanted;
    task.settings.min_samples_leaf = 3;
    task.weights.resize(3);
    nodes += expect_trees_of_cpu(task);
  }
  EXPECT_GT(nodes, 50u);
}

TEST(TreesOnGpu, SixHundredColumnsGiveTheTreesOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::uint32_t rows_a_block : {50u, 16384u}) {
    Task task = random_task(600, 100, 600, 3);
    task.settings.plan.rows_a_block = rows_a_block;
    EXPECT_GT(expect_trees_of_cpu(task), 5u);
  }
}

TEST(TreesOnGpu, ImpossibleWeightsAreRefusedAsOnTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  Task task = random_task(1, 3, 1, 3);
  const auto grower = make_cuda_grower(task.x, task.labels, task.settings);
  const std::vector<std::uint32_t> nothing(3);
  const TreeSample sample{5, nothing};
  EXPECT_THAT(
      [&] {
        grower->grow({&sample, 1});
      },
      ::testing::ThrowsMessage<DataError>(::testing::HasSubstr("tree 5 would grow on 0 weighted rows")));
}

/// Bins that the GPU made are the CPU's, and so are the trees that grow on them.
void expect_bins_of_cpu(const FeatureMatrix& x, std::uint32_t max_bins) {
  SCOPED_TRACE(::testing::Message() << x.rows() << " rows, " << x.columns() << " columns, " << max_bins << " bins");
  const BinnedColumns cpu = bin_columns(x, max_bins), gpu = bin_columns_on_cuda(x, max_bins);
  EXPECT_EQ(gpu.first_cell, cpu.first_cell);
  EXPECT_EQ(gpu.missing, cpu.missing);
  EXPECT_EQ(gpu.levels, cpu.levels);
  const auto same_bits = [](float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  };
  EXPECT_TRUE(std::ranges::equal(gpu.lowest, cpu.lowest, same_bits));
  EXPECT_TRUE(std::ranges::equal(gpu.highest, cpu.highest, same_bits));
  const DeviceColumns sent(cpu), made(gpu);
  ASSERT_EQ(made.bins().bytes.size(), sent.bins().bytes.size());
  EXPECT_TRUE(made.bins().bytes.to_host() == sent.bins().bytes.to_host());
  EXPECT_TRUE(made.bins().words.to_host() == sent.bins().words.to_host());
}

/// Columns of everything that values can be: few, many, one heavy, constant, missing in part or all, both zeros.
FeatureMatrix various_columns(std::uint64_t seed, std::uint32_t rows, std::uint32_t columns) {
  core::RandomStream random(seed, core::RandomPurpose::generate);
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  FeatureMatrix x(rows);
  for (std::uint32_t j = 0; j < columns; ++j) {
    std::vector<float> column;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const float any = static_cast<float>(random.uniform() - 0.5), few = static_cast<float>(random.below(5)) - 2.0f;
      const float of_kind[] = {any,
                               few,
                               random.below(3) == 0 ? any : 0.5f,
                               7.0f,
                               random.below(3) == 0 ? nan : any,
                               nan,
                               random.below(2) == 0 ? -0.0f : 0.0f,
                               static_cast<float>(random.below(400))};
      column.push_back(of_kind[j % 8]);
    }
    if (j % 8 == 1 && j > 8) {
      SparseColumn sparse;
      for (std::uint32_t row = 0; row < rows; ++row)
        if (column[row] != 0.0f) sparse.rows.push_back(row), sparse.values.push_back(column[row]);
      x.add(std::to_string(j), std::move(sparse));
    } else {
      x.add(std::to_string(j), FloatColumn{std::move(column)});
    }
  }
  return x;
}

TEST(BinsOnGpu, EveryShapeGivesThoseOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::uint32_t rows : {0u, 1u, 31u, 32u, 33u, 1023u, 1024u, 1025u})
    for (const std::uint32_t max_bins : {2u, 3u, 33u, 255u})
      expect_bins_of_cpu(various_columns(rows, rows, 8), max_bins);
  expect_bins_of_cpu(various_columns(1, 100, 600), 20);
  std::vector<std::uint8_t> labels;
  for (const std::uint32_t max_bins : {255u, 256u, 65'535u})
    expect_bins_of_cpu(test::mixed_matrix(1, 3000, labels), max_bins);
}

/// With little memory, fewer columns are sorted and fewer trees grown at once.
TEST(BinsOnGpu, LittleMemoryGivesThoseOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  const FeatureMatrix x = various_columns(5, 1000, 24);
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto launches_for = [&](std::size_t kilobytes) {
    const test::MemoryLimit limit(kilobytes * 1000);
    const std::uint64_t before = work.launches;
    expect_bins_of_cpu(x, 255);
    return work.launches - before;
  };
  EXPECT_GT(launches_for(400), launches_for(10'000));
}

TEST(TreesOnGpu, LittleMemoryGivesTheTreesOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  Task task = random_task(4, 1000, 3, 40);
  task.weights.resize(8);
  task.settings.max_depth = 4;
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto launches_for = [&](std::size_t kilobytes) {
    const test::MemoryLimit limit(kilobytes * 1000);
    const std::uint64_t before = work.launches;
    expect_trees_of_cpu(task);
    return work.launches - before;
  };
  EXPECT_GT(launches_for(400), launches_for(10'000));
}

/// Kernels and copies that growing takes.
std::uint64_t work_of(const Task& task) {
  std::vector<TreeSample> samples;
  for (std::size_t i = 0; i < task.weights.size(); ++i)
    samples.push_back({static_cast<std::uint32_t>(i), task.weights[i]});
  const auto grower = make_cuda_grower(task.x, task.labels, task.settings);
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto sum = [&work] { return work.launches + work.copies_to_device + work.copies_to_host; };
  const std::uint64_t before = sum();
  grower->grow(samples);
  return sum() - before;
}

TEST(TreesOnGpu, LaunchesAndCopiesGrowWithDepthNotWithNodes) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const bool all_features : {true, false}) {
    Task task = random_task(9, 400, 8, 20);
    if (!all_features) task.settings.max_features = 2;
    task.settings.plan.rows_a_block = 40;
    std::uint64_t work_of_top = 0;
    for (const std::uint32_t depth : {1u, 8u}) {
      task.settings.max_depth = depth;
      task.weights.resize(depth == 1 ? 1 : 6);
      const std::uint64_t work = work_of(task);
      if (depth == 1)
        work_of_top = work;
      else
        EXPECT_LE(work, 8 * work_of_top + (all_features ? 0 : 8 * 5 * 3));  // six trees of 8 levels in as much
    }
    EXPECT_LE(work_of_top, 30u);
  }
}

}  // namespace
}  // namespace cartwheel::tree
