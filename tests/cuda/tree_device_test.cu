#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/philox.hpp"
#include "cuda/on_device.cuh"
#include "tree/gain.hpp"
#include "tree/path.hpp"
#include "tree/split.hpp"

namespace cartwheel::tree {
namespace {

/// A node, the rule it is split by, and two ways to split it.
struct SplitTask {
  ImpurityRule rule;
  Counts node;
  Split a, b;
};

/// The bits of all that is computed.
struct Outcome {
  std::uint64_t score_a, score_b, impurity, probability;
  std::int32_t order, exact_order, kept_feature;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct ChooseSplit {
  CARTWHEEL_HD Outcome operator()(const SplitTask& task) const {
    using core::math_detail::bits_of;
    const GainOrder order(task.rule, task.node, EntropyTerms{});
    Split a = task.a, b = task.b;
    a.score = order.score(a.left);
    b.score = order.score(b.left);
    Split best;
    keep_better(order, a, best);
    keep_better(order, b, best);
    return {bits_of(a.score),
            bits_of(b.score),
            bits_of(task.rule.impurity(task.node)),
            bits_of(task.rule.probability(task.node)),
            order.compare(a.left, a.score, b.left, b.score),
            order.compare(a.left, 0.0, b.left, 0.0),  // equal scores: doubles cannot decide
            best.feature};
  }
};

/// Nodes of up to 2^bits rows, split at random; every third pair of splits are mirror images.
std::vector<SplitTask> split_tasks(const ImpurityRule& rule, std::uint32_t bits) {
  core::RandomStream random(bits, core::RandomPurpose::permutation);
  std::vector<SplitTask> tasks;
  for (int i = 0; i < 3'000; ++i) {
    SplitTask task;
    task.rule = rule;
    const std::uint32_t half = 2 + random.below((1u << (bits - 1)) - 2);
    task.node = {2 * half, random.below(2 * half + 1)};
    const auto left = [&random, &task] {
      const std::uint32_t rows = 1 + random.below(task.node.rows - 1);
      const std::uint32_t fewest = rows > task.node.negatives() ? rows - task.node.negatives() : 0;
      const std::uint32_t most = rows < task.node.positives ? rows : task.node.positives;
      return Counts{rows, fewest + random.below(most - fewest + 1)};
    };
    task.a.feature = 1;
    task.a.left = left();
    task.b.feature = 0;
    task.b.left = i % 3 == 0 ? task.node - task.a.left : left();
    tasks.push_back(task);
  }
  return tasks;
}

void expect_choices_of_host(const ImpurityRule& rule) {
  for (const std::uint32_t bits : {3u, 10u, 31u}) {
    SCOPED_TRACE(bits);
    test::expect_results_of_host(ChooseSplit{}, split_tasks(rule, bits));
  }
}

TEST(SplitOnDevice, GiniHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  expect_choices_of_host({Criterion::gini, 1.0, 1.0});
}

TEST(SplitOnDevice, WeightedGiniHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  expect_choices_of_host({Criterion::gini, 1.0, 1.7});
}

TEST(SplitOnDevice, EntropyHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  expect_choices_of_host({Criterion::entropy, 1.0, 1.0});
}

TEST(SplitOnDevice, WeightedEntropyHasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  expect_choices_of_host({Criterion::entropy, 1.3, 1.0});
}

struct ChildPaths {
  CARTWHEEL_HD std::uint64_t operator()(std::uint64_t path) const { return child_path(child_path(path, false), true); }
};

TEST(PathOnDevice, HasTheBitsOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<std::uint64_t> paths = {root_path};
  for (int i = 0; i < 1'000; ++i) paths.push_back(child_path(paths.back(), i % 3 == 0));
  test::expect_results_of_host(ChildPaths{}, paths);
}

}  // namespace
}  // namespace cartwheel::tree
