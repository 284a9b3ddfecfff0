#include <cartwheel/decision_tree.hpp>
#include <cartwheel/error.hpp>

#include "core/bytes.hpp"
#include "features/model_input.hpp"
#include "tree/binning.hpp"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/importances.hpp"
#include "tree/model_bytes.hpp"
#include "tree/predict.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel {

struct DecisionTree::Impl {
  tree::ModelHead head;
  tree::TreeNodes nodes;
};

DecisionTree DecisionTree::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                               const DecisionTreeOptions& options, std::span<const double> sample_weight) {
  if (!sample_weight.empty())
    throw ParameterError("decision_tree does not take sample_weight; leave it empty, or set class_weight");
  tree::check_options(options);
  const auto positives = static_cast<std::uint32_t>(features::check_labels(y, x.rows()));
  const tree::Counts training{static_cast<std::uint32_t>(x.rows()), positives};
  if (x.columns() == 0) throw DataError("the matrix has no columns; a tree needs at least one");
  const tree::GrowSettings settings = tree::make_grow_settings(options, training, x.columns());
  const tree::BinnedColumns binned = tree::bin_columns(x, static_cast<std::uint32_t>(options.max_bins));
  const tree::TreeSample all_rows;
  std::vector<tree::TreeNodes> trees = tree::make_cpu_grower(binned, y, settings)->grow({&all_rows, 1});
  return DecisionTree(std::make_shared<const Impl>(Impl{{x.names(), binned.levels}, std::move(trees.front())}));
}

const std::vector<std::string>& DecisionTree::feature_names() const { return impl_->head.feature_names; }

std::vector<double> DecisionTree::predict_proba(const FeatureMatrix& x) const {
  features::check_columns(impl_->head.feature_names, x, name());
  return tree::mean_probability(tree::RowValues(x, impl_->head.levels), {&impl_->nodes, 1});
}

std::vector<TreeNode> DecisionTree::nodes() const { return impl_->nodes.describe(impl_->head.weight_unit); }

const std::vector<std::vector<std::string>>& DecisionTree::levels() const { return impl_->head.levels; }

int DecisionTree::depth() const { return impl_->nodes.depth(); }

std::vector<double> DecisionTree::feature_importances() const {
  return tree::impurity_importances(nodes(), impl_->head.feature_names.size());
}

void DecisionTree::write(core::ByteWriter& out) const {
  tree::write_head(out, impl_->head);
  impl_->nodes.write(out);
}

DecisionTree DecisionTree::read(core::ByteReader& in) {
  tree::ModelHead head = tree::read_head(in);
  tree::TreeNodes nodes = tree::TreeNodes::read(in, head.levels);
  return DecisionTree(std::make_shared<const Impl>(Impl{std::move(head), std::move(nodes)}));
}

}  // namespace cartwheel
