#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "tree/binning.hpp"
#include "tree/bootstrap.hpp"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/importances.hpp"
#include "tree/model_bytes.hpp"
#include "tree/out_of_bag.hpp"
#include "tree/predict.hpp"
#include "tree/training_labels.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel {

struct RandomForest::Impl {
  tree::ModelHead head;
  std::vector<tree::TreeNodes> trees;
  std::optional<double> oob_score;
  std::vector<double> oob_probability;
};

namespace {

/// Trees that grow at once: enough to keep the cores busy, few enough to hold their rows in memory.
constexpr std::uint32_t trees_a_batch = 16;

void check_options(const RandomForestOptions& options) {
  tree::check_options(options.tree);
  if (options.n_estimators < 1 || options.n_estimators > 100'000)
    throw ParameterError(fmt::format("n_estimators is {}; it must be in [1, 100000]", options.n_estimators));
  const bool limits_samples = options.max_samples.count != 0 || options.max_samples.share != 0.0;
  if (limits_samples && !options.bootstrap)
    throw ParameterError("max_samples is given, but without bootstrap every tree sees all rows; drop one of the two");
  if (options.oob_score && !options.bootstrap)
    throw ParameterError("oob_score needs bootstrap: without it every tree sees all rows");
}

/// Rows drawn for each tree, by scikit-learn's rule: a share is rounded to the nearest count.
std::uint32_t draws_of(const CountOrShare& max_samples, std::uint32_t rows) {
  if (max_samples.share != 0.0) {
    if (!(max_samples.share > 0.0 && max_samples.share <= 1.0))
      throw ParameterError(fmt::format("max_samples is {}; a share must be in (0, 1]", max_samples.share));
    return std::max(1u, static_cast<std::uint32_t>(std::nearbyint(max_samples.share * rows)));
  }
  if (max_samples.count == 0) return rows;
  if (max_samples.count < 1 || max_samples.count > rows)
    throw ParameterError(
        fmt::format("max_samples is {}; it must be in [1, {}], the number of training rows", max_samples.count, rows));
  return static_cast<std::uint32_t>(max_samples.count);
}

/// Grows the trees first, first + 1, ... of a forest.
class ForestGrower {
 public:
  ForestGrower(tree::Grower& grower, const RandomForestOptions& options, std::uint32_t rows)
      : grower_(grower), options_(options), rows_(rows), draws_(draws_of(options.max_samples, rows)) {}

  /// @param seen  told of each batch while its samples live.
  template <class Seen>
  std::vector<tree::TreeNodes> grow(const Seen& seen) {
    std::vector<tree::TreeNodes> trees;
    const auto wanted = static_cast<std::uint32_t>(options_.n_estimators);
    for (std::uint32_t first = 0; first < wanted; first += trees_a_batch) {
      const std::uint32_t count = std::min(trees_a_batch, wanted - first);
      std::vector<std::vector<std::uint32_t>> weights(count);
      std::vector<tree::TreeSample> samples(count);
      core::parallel_for(count, [&](std::size_t i) {
        const auto number = first + static_cast<std::uint32_t>(i);
        if (options_.bootstrap) weights[i] = tree::bootstrap_weights(options_.tree.seed, number, rows_, draws_);
        samples[i] = {number, weights[i]};
      });
      std::vector<tree::TreeNodes> grown = grower_.grow(samples);
      seen(grown, samples);
      std::ranges::move(grown, std::back_inserter(trees));
    }
    return trees;
  }

 private:
  tree::Grower& grower_;
  const RandomForestOptions& options_;
  std::uint32_t rows_, draws_;
};

}  // namespace

RandomForest RandomForest::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                               const RandomForestOptions& options) {
  check_options(options);
  const tree::Counts training = tree::check_labels(y, x.rows());
  if (x.columns() == 0) throw DataError("the matrix has no columns; a forest needs at least one");
  const tree::GrowSettings settings = tree::make_grow_settings(options.tree, training, x.columns());
  const tree::BinnedColumns binned = tree::bin_columns(x, static_cast<std::uint32_t>(options.tree.max_bins));
  const auto grower = tree::make_cpu_grower(binned, y, settings);

  auto impl = std::make_shared<Impl>();
  impl->head = {x.names(), settings.impurity};
  ForestGrower forest(*grower, options, training.rows);
  if (options.oob_score) {
    tree::OutOfBag out_of_bag(x, settings.impurity);
    impl->trees = forest.grow([&](const auto& trees, const auto& samples) { out_of_bag.add(trees, samples); });
    impl->oob_probability = out_of_bag.probability();
    impl->oob_score = tree::out_of_bag_accuracy(impl->oob_probability, y);
  } else {
    impl->trees = forest.grow([](const auto&, const auto&) {});
  }
  return RandomForest(std::move(impl));
}

const std::vector<std::string>& RandomForest::feature_names() const { return impl_->head.feature_names; }

std::vector<double> RandomForest::predict_proba(const FeatureMatrix& x) const {
  tree::check_columns(impl_->head.feature_names, x.names());
  return tree::mean_probability(x, impl_->trees, impl_->head.impurity);
}

std::vector<std::string> RandomForest::warnings() const {
  const auto unscored = std::ranges::count_if(impl_->oob_probability, [](double p) { return std::isnan(p); });
  if (unscored == 0) return {};
  return {
      fmt::format("random_forest: {} of {} rows were drawn by every tree and have no out-of-bag score; "
                  "raise n_estimators",
                  unscored, impl_->oob_probability.size())};
}

int RandomForest::tree_count() const { return static_cast<int>(impl_->trees.size()); }

std::vector<TreeNode> RandomForest::nodes(int tree) const {
  if (tree < 0 || tree >= tree_count())
    throw ParameterError(fmt::format("tree is {}; it must be in [0, {})", tree, tree_count()));
  return impl_->trees[static_cast<std::size_t>(tree)].describe(impl_->head.impurity);
}

std::vector<double> RandomForest::feature_importances() const {
  std::vector<double> sums(impl_->head.feature_names.size());
  for (int i = 0; i < tree_count(); ++i) {
    const std::vector<double> shares = tree::impurity_importances(nodes(i), impl_->head.impurity, sums.size());
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += shares[j];
  }
  tree::normalize(sums);
  return sums;
}

std::optional<double> RandomForest::oob_score() const { return impl_->oob_score; }

std::span<const double> RandomForest::oob_probability() const { return impl_->oob_probability; }

void RandomForest::write(core::ByteWriter& out) const {
  tree::write_head(out, impl_->head);
  out.put(static_cast<std::uint8_t>(impl_->oob_score.has_value()));
  out.put(impl_->oob_score.value_or(0.0));
  out.put(static_cast<std::uint32_t>(impl_->trees.size()));
  for (const tree::TreeNodes& nodes : impl_->trees) nodes.write(out);
}

RandomForest RandomForest::read(core::ByteReader& in) {
  auto impl = std::make_shared<Impl>();
  impl->head = tree::read_head(in);
  const auto has_oob_score = in.get<std::uint8_t>();
  const auto oob_score = in.get<double>();
  if (has_oob_score > 1 || !(oob_score >= 0.0 && oob_score <= 1.0)) in.fail("the out-of-bag score is impossible");
  if (has_oob_score == 1) impl->oob_score = oob_score;
  const auto count = in.get<std::uint32_t>();
  constexpr std::size_t smallest_tree = 3 * sizeof(std::uint64_t);
  if (count == 0 || count > in.remaining() / smallest_tree) in.fail("a forest has an impossible number of trees");
  impl->trees.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    impl->trees.push_back(tree::TreeNodes::read(in, impl->head.feature_names.size()));
  return RandomForest(std::move(impl));
}

}  // namespace cartwheel
