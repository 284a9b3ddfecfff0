#pragma once

#include <cartwheel/decision_tree.hpp>
#include <optional>

namespace [[gnu::visibility("default")]] cartwheel {

/// Settings of RandomForest::fit, with scikit-learn's names and defaults.
struct RandomForestOptions {
  int n_estimators = 100;          ///< [1, 100000].
  bool bootstrap = true;           ///< Each tree sees rows drawn with replacement; false: all rows once.
  CountOrShare max_samples{0, 0};  ///< Rows drawn for a tree: a count in [1, rows], or a share, rounded to nearest and
                                   ///< at least 1; {0, 0}: as many as there are. Only with bootstrap.
  bool oob_score = false;          ///< Score each row by the trees that did not see it. Only with bootstrap.
  /// scikit-learn's class_weight = "balanced_subsample": each tree balances the classes of its own rows. Only where
  /// tree.class_weight is none.
  bool balanced_subsample = false;
  /// The settings of each tree. max_features is sqrt by default here, and max_bins 255: the mean of many trees loses
  /// nothing by it. `seed` keys the whole forest.
  DecisionTreeOptions tree = [] {
    DecisionTreeOptions options;
    options.max_features.rule = MaxFeatures::Rule::sqrt;
    options.max_bins = 255;
    return options;
  }();

  friend bool operator==(const RandomForestOptions&, const RandomForestOptions&) = default;
};

/// Random forest (Breiman, "Random Forests", 2001): the mean of the class probabilities of bagged trees. Tree i depends
/// on the seed and i alone, and what a node draws on (seed, tree, path to the node): 50 trees are the first 50 of 100,
/// and depth 10 is the top of unlimited depth.
class RandomForest final : public Model {
 public:
  /// @param x  [rows x columns]. @param y  rows labels, each 0 or 1, both present.
  /// @param sample_weight  as DecisionTree::fit; draws do not depend on weights, but rows of weight 0 are never drawn.
  /// @throws ParameterError, DataError. Memory beyond `x` and the model: 2 bytes a value; 16 bytes a row and thread.
  static RandomForest fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                          const RandomForestOptions& options = {}, std::span<const double> sample_weight = {});
  /// The same as fit with each of `options`, in order: columns are binned once for each distinct max_bins, and of
  /// forests that differ in n_estimators and max_depth alone only the most and deepest trees are grown. Forests that
  /// differ in n_estimators alone keep the trees that they share in memory once.
  static std::vector<RandomForest> fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                            std::span<const RandomForestOptions> options,
                                            std::span<const double> sample_weight = {});
  static RandomForest read(core::ByteReader& in);

  std::string_view name() const override { return "random_forest"; }
  const std::vector<std::string>& feature_names() const override;
  std::vector<double> predict_proba(const FeatureMatrix& x) const override;
  /// predict_proba of each of `forests`, in order: of those of one fit_each that differ in n_estimators alone, each row
  /// goes down each tree once.
  static std::vector<std::vector<double>> predict_each(std::span<const RandomForest* const> forests,
                                                       const FeatureMatrix& x);
  /// As DecisionTree::predict_row.
  double predict_row(std::span<const float> row) const;
  /// The number in nodes(tree) of the leaf that each row comes to in each tree, [rows x trees]. @throws DataError as
  /// predict_proba.
  std::vector<std::uint32_t> apply(const FeatureMatrix& x) const;
  std::vector<std::string> warnings() const override;
  void write(core::ByteWriter& out) const override;

  int tree_count() const;
  /// Node 0 is the root; breadth-first order. Made for the call: the model itself keeps 24 bytes a node.
  /// @param tree  [0, tree_count()).
  std::vector<TreeNode> nodes(int tree) const;
  /// As DecisionTree::levels.
  const std::vector<std::vector<std::string>>& levels() const;
  /// Mean over the trees of each tree's impurity importances; sums to 1 (all 0 if no tree has a split).
  std::vector<double> feature_importances() const;
  /// Accuracy of the out-of-bag votes over the rows that have any; nothing unless oob_score was set.
  /// Nothing, too, where each tree saw every row.
  std::optional<double> oob_score() const;
  /// The out-of-bag P(y = 1) of each training row, NaN for a row that every tree saw; empty unless oob_score was set.
  /// Not kept in a model file.
  std::span<const double> oob_probability() const;

 private:
  struct Impl;
  explicit RandomForest(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace cartwheel
