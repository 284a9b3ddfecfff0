#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <map>

#include "core/bytes.hpp"
#include "features/model_input.hpp"
#include "tree/fit_trees.hpp"
#include "tree/importances.hpp"
#include "tree/model_bytes.hpp"
#include "tree/predict.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel {
namespace {

/// The out-of-bag score as a model file keeps it.
struct OutOfBagSummary {
  double accuracy = 0.0;
  std::uint64_t rows_without = 0, rows = 0;
};

}  // namespace

struct RandomForest::Impl {
  tree::ModelHead head;
  std::shared_ptr<const tree::TreeSet> trees;  ///< The forest is the first `size` of them.
  std::size_t size = 0;
  std::optional<OutOfBagSummary> out_of_bag;
  std::vector<double> oob_probability;
};

std::vector<RandomForest> RandomForest::fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                                 std::span<const RandomForestOptions> options,
                                                 std::span<const double> sample_weight) {
  std::vector<RandomForest> forests;
  for (tree::FittedForest& fitted : tree::fit_forests(x, y, options, sample_weight)) {
    auto impl = std::make_shared<Impl>();
    impl->head = std::move(fitted.head);
    impl->trees = std::move(fitted.trees);
    impl->size = fitted.size;
    if (fitted.out_of_bag) {
      impl->out_of_bag = {fitted.out_of_bag->accuracy, fitted.out_of_bag->rows_without, x.rows()};
      impl->oob_probability = std::move(fitted.out_of_bag->probability);
    }
    forests.push_back(RandomForest(std::move(impl)));
  }
  return forests;
}

RandomForest RandomForest::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                               const RandomForestOptions& options, std::span<const double> sample_weight) {
  return fit_each(x, y, {&options, 1}, sample_weight).front();
}

const std::vector<std::string>& RandomForest::feature_names() const { return impl_->head.feature_names; }

std::vector<double> RandomForest::predict_proba(const FeatureMatrix& x) const {
  const RandomForest* const self = this;
  return std::move(predict_each({&self, 1}, x).front());
}

std::vector<std::vector<double>> RandomForest::predict_each(std::span<const RandomForest* const> forests,
                                                            const FeatureMatrix& x) {
  std::map<const tree::TreeSet*, std::vector<std::size_t>> with_trees;
  for (std::size_t i = 0; i < forests.size(); ++i) {
    features::check_columns(forests[i]->feature_names(), x, forests[i]->name());
    with_trees[forests[i]->impl_->trees.get()].push_back(i);
  }
  std::vector<std::vector<double>> results(forests.size());
  for (const auto& [trees, numbers] : with_trees) {
    std::vector<std::size_t> sizes;
    for (const std::size_t i : numbers) sizes.push_back(forests[i]->impl_->size);
    const tree::RowValues values(x, forests[numbers[0]]->impl_->head.levels);
    auto means = trees->predictor.mean_probabilities(values, sizes);
    for (std::size_t k = 0; k < numbers.size(); ++k) results[numbers[k]] = std::move(means[k]);
  }
  return results;
}

double RandomForest::predict_row(std::span<const float> row) const {
  return impl_->trees->predictor.mean_probability(row, impl_->size);
}

std::vector<std::uint32_t> RandomForest::apply(const FeatureMatrix& x) const {
  features::check_columns(impl_->head.feature_names, x, name());
  return impl_->trees->predictor.leaves(tree::RowValues(x, impl_->head.levels), impl_->size);
}

std::vector<std::string> RandomForest::warnings() const {
  if (!impl_->out_of_bag || impl_->out_of_bag->rows_without == 0) return {};
  return {
      fmt::format("{} of {} training rows are in every tree's sample, so they have no out-of-bag score; raise "
                  "n_estimators ({}) or lower max_samples",
                  impl_->out_of_bag->rows_without, impl_->out_of_bag->rows, tree_count())};
}

int RandomForest::tree_count() const { return static_cast<int>(impl_->size); }

std::vector<TreeNode> RandomForest::nodes(int tree) const {
  if (tree < 0 || tree >= tree_count())
    throw ParameterError(fmt::format("there is no tree {}; the forest has trees 0 to {}", tree, tree_count() - 1));
  return impl_->trees->nodes[static_cast<std::size_t>(tree)].describe(impl_->head.weight_unit);
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
  out.put(static_cast<std::uint64_t>(impl_->size));
  for (const tree::TreeNodes& tree : std::span(impl_->trees->nodes).first(impl_->size)) tree.write(out);
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
  if (trees < 1 || trees > tree::most_trees) in.fail("the number of trees is impossible");
  std::vector<tree::TreeNodes> nodes;
  for (std::uint64_t i = 0; i < trees; ++i) nodes.push_back(tree::TreeNodes::read(in, impl->head.levels));
  impl->size = nodes.size();
  impl->trees = std::make_shared<const tree::TreeSet>(std::move(nodes), impl->head.levels);
  return RandomForest(std::move(impl));
}

}  // namespace cartwheel
