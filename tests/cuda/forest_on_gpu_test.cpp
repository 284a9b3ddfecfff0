#include <gmock/gmock.h>

#include <cartwheel/decision_tree.hpp>
#include <cartwheel/device.hpp>
#include <cartwheel/random_forest.hpp>
#include <functional>
#include <string>

#include "core/bytes.hpp"
#include "core/device_context.hpp"
#include "cuda/mixed_matrix.hpp"
#include "cuda/needs_device.hpp"

/// Whole models of trees, fitted and asked on the GPU: the bytes and the probabilities of the CPU.
namespace cartwheel {
namespace {

template <class M>
std::string bytes_of(const M& model) {
  core::ByteWriter out;
  model.write(out);
  return out.bytes();
}

/// On the CPU, then on the GPU.
template <class Result>
std::pair<Result, Result> on_both(const std::function<Result()>& work) {
  const Result cpu = work();
  Result gpu;
  with_device(Device::cuda, [&] { gpu = work(); });
  return {cpu, gpu};
}

TEST(ForestOnGpu, ModelBytesProbabilitiesAndOutOfBagScoresAreThoseOfTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<std::uint8_t> y, other;
  const FeatureMatrix x = test::mixed_matrix(1, 200, y), unseen = test::mixed_matrix(2, 130, other);
  RandomForestOptions few;
  few.n_estimators = 5;
  few.tree.max_features = {MaxFeatures::Rule::count, 2};
  few.tree.seed = 7;
  few.oob_score = true;
  RandomForestOptions many = few;
  many.n_estimators = 11;
  const RandomForestOptions options[] = {few, many};
  using Answers = std::vector<std::vector<double>>;
  std::vector<std::string> bytes;
  const auto [cpu, gpu] = on_both<Answers>([&] {
    Answers answers;
    for (const RandomForest& forest : RandomForest::fit_each(x, y, options)) {
      bytes.push_back(bytes_of(forest));
      answers.push_back(forest.predict_proba(unseen));
      answers.push_back({forest.oob_probability().begin(), forest.oob_probability().end()});
      for (double& p : answers.back()) p = p == p ? p : -1.0;  // NaN: no tree was without the row
    }
    return answers;
  });
  EXPECT_EQ(cpu, gpu);
  ASSERT_EQ(bytes.size(), 4u);
  EXPECT_EQ(bytes[0], bytes[2]);
  EXPECT_EQ(bytes[1], bytes[3]);
}

TEST(ForestOnGpu, AnyNumberOfRowsIsPredictedAsOnTheHost) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<std::uint8_t> y;
  const FeatureMatrix x = test::mixed_matrix(1, 100, y);
  DecisionTreeOptions options;
  options.max_features = {MaxFeatures::Rule::count, 1};
  const DecisionTree tree = DecisionTree::fit(x, y, options);
  for (const std::uint32_t rows : {0u, 1u, 31u, 33u, 1023u, 1025u}) {
    std::vector<std::uint8_t> labels;
    const FeatureMatrix unseen = test::mixed_matrix(rows, rows, labels);
    const auto [cpu, gpu] = on_both<std::vector<double>>([&] { return tree.predict_proba(unseen); });
    EXPECT_EQ(cpu, gpu) << rows;
  }
}

TEST(ForestOnGpu, LaunchesOfPredictionDoNotGrowWithTrees) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<std::uint8_t> y;
  const FeatureMatrix x = test::mixed_matrix(3, 60, y);
  for (const int trees : {1, 40}) {
    RandomForestOptions options;
    options.n_estimators = trees;
    const RandomForest forest = RandomForest::fit(x, y, options);
    core::DeviceWork& work = core::DeviceContext::get().work();
    const std::uint64_t launches = work.launches, copies = work.copies_to_device + work.copies_to_host;
    with_device(Device::cuda, [&] { forest.predict_proba(x); });
    EXPECT_EQ(work.launches - launches, 2u);
    EXPECT_LE(work.copies_to_device + work.copies_to_host - copies, 8u);
  }
}

TEST(ForestOnGpu, LeavesAreThoseOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<std::uint8_t> y;
  const FeatureMatrix x = test::mixed_matrix(3, 60, y);
  const DecisionTree tree = DecisionTree::fit(x, y);
  with_device(Device::cuda, [&] { EXPECT_EQ(DecisionTree::fit(x, y).apply(x), tree.apply(x)); });
}

}  // namespace
}  // namespace cartwheel
