#include "tree/grow.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>

#include "core/philox.hpp"
#include "support/float_matrix.hpp"
#include "support/random_tree_task.hpp"
#include "tree/grow_settings.hpp"

namespace cartwheel::tree {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

GrowSettings settings_of(const test::OracleTask& task) {
  return make_grow_settings(test::options_of(task), {static_cast<std::uint32_t>(task.labels.size()), 1},
                            task.columns.size());
}

TEST(Grow, WeightsCountInGainsAndDistinctRowsInMinSamples) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    test::OracleTask task = test::random_tree_task(seed);
    core::RandomStream random(seed, core::RandomPurpose::bootstrap_rows);
    for (std::size_t row = 0; row < task.labels.size(); ++row) task.weights.push_back(random.below(4));
    task.weights[0] = 2;
    const BinnedColumns x = bin_columns(test::float_matrix(task.columns), 255);
    const GrowSettings settings = settings_of(task);
    const TreeSample sample{0, task.weights};
    const auto trees = make_cpu_grower(x, task.labels, settings)->grow({&sample, 1});
    ASSERT_TRUE(test::same_tree(trees[0].describe(), test::TreeOracle(task).grow())) << "seed " << seed;
  }
}

TEST(Grow, ATreeDependsOnItsOwnSampleAlone) {
  test::OracleTask task = test::random_tree_task(12);
  const BinnedColumns x = bin_columns(test::float_matrix(task.columns), 255);
  GrowSettings settings = settings_of(task);
  settings.max_features = 1;
  const auto bytes = [](const TreeNodes& tree) {
    core::ByteWriter out;
    tree.write(out);
    return out.bytes();
  };
  const auto grower = make_cpu_grower(x, task.labels, settings);
  const std::vector<TreeSample> samples{{3, {}}, {8, {}}, {3, {}}};
  const auto together = grower->grow(samples), alone = grower->grow({&samples[1], 1});
  EXPECT_EQ(bytes(together[0]), bytes(together[2]));
  EXPECT_EQ(bytes(together[1]), bytes(alone[0]));
}

TEST(Grow, ImpossibleWeightsAreRefused) {
  const BinnedColumns x = bin_columns(test::float_matrix({{1, 2, 3}}), 255);
  const std::vector<std::uint8_t> labels{0, 1, 0};
  const auto grower = make_cpu_grower(x, labels, make_grow_settings({}, {3, 1}, 1));
  const auto grow = [&](std::vector<std::uint32_t> weights) {
    const TreeSample sample{5, weights};
    return grower->grow({&sample, 1});
  };
  EXPECT_THAT([&] { grow({0, 0, 0}); }, ThrowsMessage<DataError>(HasSubstr("tree 5 would grow on 0 weighted rows")));
  EXPECT_THAT(
      [&] {
        grow({0x7fffffffu, 0x7fffffffu, 2});
      },
      ThrowsMessage<DataError>(HasSubstr("4294967296 weighted rows")));
  EXPECT_THROW(grow({0x80000000u, 1, 1}), DataError);
  EXPECT_EQ(grow({0x7fffffffu, 0x7fffffffu, 1})[0].describe()[0].rows, 0xffffffffu);
}

}  // namespace
}  // namespace cartwheel::tree
