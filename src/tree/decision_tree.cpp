#include <cartwheel/decision_tree.hpp>

#include "core/bytes.hpp"
#include "features/model_input.hpp"
#include "tree/fit_trees.hpp"
#include "tree/importances.hpp"
#include "tree/model_bytes.hpp"
#include "tree/predict.hpp"
#include "tree/prune.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel {

struct DecisionTree::Impl {
  Impl(tree::ModelHead its_head, tree::TreeNodes its_nodes)
      : head(std::move(its_head)), nodes(std::move(its_nodes)), predictor({&nodes, 1}, head.levels) {}

  tree::ModelHead head;
  tree::TreeNodes nodes;
  tree::Predictor predictor;
};

std::vector<DecisionTree> DecisionTree::fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                                 std::span<const DecisionTreeOptions> options,
                                                 std::span<const double> sample_weight) {
  std::vector<DecisionTree> trees;
  for (tree::FittedTree& fitted : tree::fit_trees(x, y, options, sample_weight))
    trees.push_back(DecisionTree(std::make_shared<const Impl>(std::move(fitted.head), std::move(fitted.nodes))));
  return trees;
}

DecisionTree DecisionTree::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                               const DecisionTreeOptions& options, std::span<const double> sample_weight) {
  return fit_each(x, y, {&options, 1}, sample_weight).front();
}

const std::vector<std::string>& DecisionTree::feature_names() const { return impl_->head.feature_names; }

std::vector<double> DecisionTree::predict_proba(const FeatureMatrix& x) const {
  features::check_columns(impl_->head.feature_names, x, name());
  return impl_->predictor.mean_probability(tree::RowValues(x, impl_->head.levels), 1);
}

double DecisionTree::predict_row(std::span<const float> row) const { return impl_->predictor.mean_probability(row, 1); }

std::vector<std::uint32_t> DecisionTree::apply(const FeatureMatrix& x) const {
  features::check_columns(impl_->head.feature_names, x, name());
  return impl_->predictor.leaves(tree::RowValues(x, impl_->head.levels), 1);
}

std::vector<TreeNode> DecisionTree::nodes() const { return impl_->nodes.describe(impl_->head.weight_unit); }

const std::vector<std::vector<std::string>>& DecisionTree::levels() const { return impl_->head.levels; }

int DecisionTree::depth() const { return impl_->nodes.depth(); }

std::vector<double> DecisionTree::feature_importances() const {
  return tree::impurity_importances(nodes(), impl_->head.feature_names.size());
}

PruningPath DecisionTree::cost_complexity_pruning_path() const { return tree::pruning_path(nodes()); }

void DecisionTree::write(core::ByteWriter& out) const {
  tree::write_head(out, impl_->head);
  impl_->nodes.write(out);
}

DecisionTree DecisionTree::read(core::ByteReader& in) {
  tree::ModelHead head = tree::read_head(in);
  tree::TreeNodes nodes = tree::TreeNodes::read(in, head.levels);
  return DecisionTree(std::make_shared<const Impl>(std::move(head), std::move(nodes)));
}

}  // namespace cartwheel
