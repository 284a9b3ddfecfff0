#include <gtest/gtest.h>
#define XXH_INLINE_ALL  // the library need not be linked
#include <xxhash.h>

#include <cartwheel/random_forest.hpp>

#include "core/bytes.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"

/// Model bytes that are written down, so that builds can be compared that never run side by side: sanitizer builds have
/// no SIMD beyond the baseline (core/dispatched.hpp), release builds use what the processor has, and all must come to
/// these. (A change of the model format, or of what is drawn at random, changes them for all, and must be meant.)
namespace cartwheel {
namespace {

template <class M>
std::uint64_t hash_of(const M& model) {
  core::ByteWriter out;
  model.write(out);
  return XXH3_64bits(out.bytes().data(), out.bytes().size());
}

/// Columns of all kinds: some miss values, one has more values than a byte holds, four are exclusive.
struct Sample {
  FeatureMatrix x{6000};
  std::vector<std::uint8_t> y;

  Sample() {
    const test::LooseLabels numbers(11, 6000, 7);
    y = numbers.labels;
    std::vector<std::vector<float>> columns = numbers.columns;
    for (int level = 0; level < 4; ++level) {
      columns.emplace_back();
      for (std::uint32_t row = 0; row < 6000; ++row)
        columns.back().push_back((row * 7919u + y[row]) % 9 == static_cast<std::uint32_t>(level) ? 1.0f : 0.0f);
    }
    x = test::float_matrix(columns);
  }
};

TEST(SameBytes, WithAndWithoutSimd) {
  const Sample sample;
  RandomForestOptions options;
  options.n_estimators = 5;
  options.tree.seed = 3;
  EXPECT_EQ(hash_of(RandomForest::fit(sample.x, sample.y, options)), 415182646056727075u);
  options.tree.criterion = Criterion::entropy;
  options.tree.min_samples_leaf.count = 3;
  options.tree.max_bins = 50;
  EXPECT_EQ(hash_of(RandomForest::fit(sample.x, sample.y, options)), 12841222541674915835u);
  EXPECT_EQ(hash_of(DecisionTree::fit(sample.x, sample.y)), 9700296516127304084u);
}

}  // namespace
}  // namespace cartwheel
