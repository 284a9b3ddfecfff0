#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "features/model_input.hpp"
#include "tree/binning.hpp"
#include "tree/bootstrap.hpp"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/importances.hpp"
#include "tree/model_bytes.hpp"
#include "tree/out_of_bag.hpp"
#include "tree/predict.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel {
namespace {

constexpr int most_trees = 100'000;

/// The out-of-bag score as a model file keeps it.
struct OutOfBagSummary {
  double accuracy = 0.0;
  std::uint64_t rows_without = 0, rows = 0;
};

void check_forest_options(const RandomForestOptions& options) {
  tree::check_options(options.tree);
  if (options.n_estimators < 1 || options.n_estimators > most_trees)
    throw ParameterError(fmt::format("n_estimators is {}; it must be in [1, {}]", options.n_estimators, most_trees));
  const CountOrShare& samples = options.max_samples;
  if (samples.count < 0 || !(samples.share >= 0.0 && samples.share <= 1.0))
    throw ParameterError(
        fmt::format("max_samples is {}; it must be a count in [1, rows], or a share of the rows in (0, 1]",
                    samples.count < 0 ? static_cast<double>(samples.count) : samples.share));
  if (options.balanced_subsample && options.tree.class_weight.rule != ClassWeight::Rule::none)
    throw ParameterError("balanced_subsample is set, but so is class_weight; set one of them only");
  if (options.bootstrap) return;
  if (samples.count != 0 || samples.share != 0.0)
    throw ParameterError("max_samples is set, but bootstrap is false: each tree sees all rows; set one of them only");
  if (options.oob_score)
    throw ParameterError("oob_score is set, but bootstrap is false: no row is out of any bag; set bootstrap to true");
}

std::uint32_t draws_a_tree(const CountOrShare& samples, std::size_t rows) {
  if (samples.share > 0.0)
    return static_cast<std::uint32_t>(std::max(1.0, std::nearbyint(samples.share * static_cast<double>(rows))));
  if (static_cast<std::uint64_t>(samples.count) > rows)
    throw ParameterError(
        fmt::format("max_samples is {}; it must be at most {}, the number of rows", samples.count, rows));
  return static_cast<std::uint32_t>(samples.count == 0 ? rows : static_cast<std::size_t>(samples.count));
}

/// The rows of some trees of the forest.
struct Batch {
  std::vector<std::vector<std::uint32_t>> weights;  ///< Empty vectors without bootstrap.
  std::vector<tree::TreeSample> samples;
};

Batch draw_batch(std::uint32_t first_tree, std::size_t trees, std::uint64_t seed, std::uint32_t rows,
                 std::uint32_t draws, bool bootstrap) {
  Batch batch{std::vector<std::vector<std::uint32_t>>(trees), std::vector<tree::TreeSample>(trees)};
  core::parallel_for(trees, [&](std::size_t i) {
    const auto number = first_tree + static_cast<std::uint32_t>(i);
    if (bootstrap) batch.weights[i] = tree::bootstrap_weights(seed, number, rows, draws);
    batch.samples[i] = {number, batch.weights[i]};
  });
  return batch;
}

}  // namespace

struct RandomForest::Impl {
  tree::ModelHead head;
  std::vector<tree::TreeNodes> trees;
  std::optional<OutOfBagSummary> out_of_bag;
  std::vector<double> oob_probability;
};

RandomForest RandomForest::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                               const RandomForestOptions& options, std::span<const double> sample_weight) {
  if (!sample_weight.empty())
    throw ParameterError("random_forest does not take sample_weight; leave it empty, or set class_weight");
  check_forest_options(options);
  const auto positives = static_cast<std::uint32_t>(features::check_labels(y, x.rows()));
  const tree::Counts training{static_cast<std::uint32_t>(x.rows()), positives};
  if (x.columns() == 0) throw DataError("the matrix has no columns; a forest needs at least one");
  tree::GrowSettings settings = tree::make_grow_settings(options.tree, training, x.columns());
  settings.balanced_subsample = options.balanced_subsample;
  const std::uint32_t draws = draws_a_tree(options.max_samples, x.rows());
  const tree::BinnedColumns binned = tree::bin_columns(x, static_cast<std::uint32_t>(options.tree.max_bins));
  const auto grower = tree::make_cpu_grower(binned, y, settings);

  auto impl = std::make_shared<Impl>();
  impl->head = {x.names(), binned.levels};
  const tree::RowValues values(x, binned.levels);
  std::optional<tree::OutOfBag> out_of_bag;
  if (options.oob_score) out_of_bag.emplace(values);
  const auto trees = static_cast<std::size_t>(options.n_estimators);
  // A batch bounds the memory; as trees are independent, its size changes nothing else.
  const auto batch_size = static_cast<std::size_t>(core::thread_count());
  for (std::size_t first = 0; first < trees; first += batch_size) {
    const Batch batch = draw_batch(static_cast<std::uint32_t>(first), std::min(batch_size, trees - first),
                                   options.tree.seed, training.rows, draws, options.bootstrap);
    std::vector<tree::TreeNodes> grown = grower->grow(batch.samples);
    if (out_of_bag) out_of_bag->add(grown, batch.weights);
    std::ranges::move(grown, std::back_inserter(impl->trees));
  }
  if (out_of_bag) {
    tree::OutOfBag::Score score = out_of_bag->score(y);
    impl->out_of_bag = {score.accuracy, score.rows_without, x.rows()};
    impl->oob_probability = std::move(score.probability);
  }
  return RandomForest(std::move(impl));
}

const std::vector<std::string>& RandomForest::feature_names() const { return impl_->head.feature_names; }

std::vector<double> RandomForest::predict_proba(const FeatureMatrix& x) const {
  features::check_columns(impl_->head.feature_names, x, name());
  return tree::mean_probability(tree::RowValues(x, impl_->head.levels), impl_->trees);
}

std::vector<std::string> RandomForest::warnings() const {
  if (!impl_->out_of_bag || impl_->out_of_bag->rows_without == 0) return {};
  return {
      fmt::format("{} of {} training rows are in every tree's sample, so they have no out-of-bag score; raise "
                  "n_estimators ({}) or lower max_samples",
                  impl_->out_of_bag->rows_without, impl_->out_of_bag->rows, tree_count())};
}

int RandomForest::tree_count() const { return static_cast<int>(impl_->trees.size()); }

std::vector<TreeNode> RandomForest::nodes(int tree) const {
  if (tree < 0 || tree >= tree_count())
    throw ParameterError(fmt::format("there is no tree {}; the forest has trees 0 to {}", tree, tree_count() - 1));
  return impl_->trees[static_cast<std::size_t>(tree)].describe(impl_->head.weight_unit);
}

const std::vector<std::vector<std::string>>& RandomForest::levels() const { return impl_->head.levels; }

std::vector<double> RandomForest::feature_importances() const {
  std::vector<double> sums(impl_->head.feature_names.size());
  for (int i = 0; i < tree_count(); ++i) {
    const auto shares = tree::impurity_importances(nodes(i), sums.size());
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += shares[j];
  }
  tree::normalize(sums);
  return sums;
}

std::optional<double> RandomForest::oob_score() const {
  if (!impl_->out_of_bag || impl_->out_of_bag->rows_without == impl_->out_of_bag->rows) return std::nullopt;
  return impl_->out_of_bag->accuracy;
}

std::span<const double> RandomForest::oob_probability() const { return impl_->oob_probability; }

void RandomForest::write(core::ByteWriter& out) const {
  tree::write_head(out, impl_->head);
  out.put(static_cast<std::uint8_t>(impl_->out_of_bag ? 1 : 0));
  const OutOfBagSummary summary = impl_->out_of_bag.value_or(OutOfBagSummary{});
  out.put(summary.accuracy);
  out.put(summary.rows_without);
  out.put(summary.rows);
  out.put(static_cast<std::uint64_t>(impl_->trees.size()));
  for (const tree::TreeNodes& tree : impl_->trees) tree.write(out);
}

RandomForest RandomForest::read(core::ByteReader& in) {
  auto impl = std::make_shared<Impl>();
  impl->head = tree::read_head(in);
  const auto has_out_of_bag = in.get<std::uint8_t>();
  if (has_out_of_bag > 1) in.fail("a forest's out-of-bag mark is neither 0 nor 1");
  OutOfBagSummary summary;
  summary.accuracy = in.get<double>();
  summary.rows_without = in.get<std::uint64_t>();
  summary.rows = in.get<std::uint64_t>();
  if (has_out_of_bag == 1) impl->out_of_bag = summary;
  const auto trees = in.get<std::uint64_t>();
  if (trees < 1 || trees > most_trees) in.fail("the number of trees is impossible");
  for (std::uint64_t i = 0; i < trees; ++i) impl->trees.push_back(tree::TreeNodes::read(in, impl->head.levels));
  return RandomForest(std::move(impl));
}

}  // namespace cartwheel
