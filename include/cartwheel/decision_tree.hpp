#pragma once

#include <array>
#include <cartwheel/model.hpp>
#include <memory>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// log_loss is scikit-learn's other name for entropy.
enum class Criterion : std::uint8_t { gini, entropy, log_loss = entropy };

/// A count given as a number of rows, or as a share of the rows it is applied to.
struct CountOrShare {
  std::int64_t count = 0;  ///< Used where share is 0.
  double share = 0.0;      ///< (0, 1]: ceil(share * rows), as scikit-learn has it.

  friend bool operator==(const CountOrShare&, const CountOrShare&) = default;
};

/// How many features a node looks at.
struct MaxFeatures {
  enum class Rule : std::uint8_t { all, sqrt, log2, count, share } rule = Rule::all;
  std::int64_t count = 0;  ///< Rule::count: [1, columns].
  double share = 0.0;      ///< Rule::share: (0, 1]; max(1, floor(share * columns)).

  friend bool operator==(const MaxFeatures&, const MaxFeatures&) = default;
};

/// Weights of the classes in gains, leaf probabilities and min_impurity_decrease; never in the counts.
struct ClassWeight {
  enum class Rule : std::uint8_t { none, balanced, given } rule = Rule::none;
  std::array<double, 2> weights{1.0, 1.0};  ///< Rule::given: of y = 0 and y = 1, each in [1e-30, 1e30].

  friend bool operator==(const ClassWeight&, const ClassWeight&) = default;
};

/// Settings of a tree, with scikit-learn's names and defaults. Each range is checked before any work starts.
struct DecisionTreeOptions {
  Criterion criterion = Criterion::gini;
  int max_depth = 0;                     ///< [0, 1000]; 0 means unlimited; the root has depth 0.
  CountOrShare min_samples_split{2, 0};  ///< count >= 2. Counts distinct rows.
  CountOrShare min_samples_leaf{1, 0};   ///< count >= 1. Counts distinct rows.
  MaxFeatures max_features{};
  double min_impurity_decrease = 0.0;  ///< >= 0.
  /// >= 0. Minimal cost-complexity pruning of the grown tree: splits go, the weakest first, as long as the one that
  /// goes saves no more impurity for each leaf that it costs; see PruningPath.
  double ccp_alpha = 0.0;
  ClassWeight class_weight{};
  /// [2, 65535]; one more bin is kept for missing values. Up to 255 take one byte a cell, more take two. A column with
  /// no more distinct values is split exactly; else the root's impurity decrease is within 4 / max_bins of the best.
  int max_bins = 65'535;
  std::uint64_t seed = 0;  ///< Decides only which features a node looks at.

  friend bool operator==(const DecisionTreeOptions&, const DecisionTreeOptions&) = default;
};

/// One node of a fitted tree.
struct TreeNode {
  std::int32_t feature = -1;  ///< Column of the split; -1 in a leaf.
  float threshold = 0.0f;     ///< Rows with value <= threshold go left; infinity: all that have a value.
  bool missing_left = false;  ///< Where rows go that miss the value.
  /// A split of a category column, which has no threshold: these levels (places in levels()[feature], increasing) go to
  /// one side; missing values and all other levels, those unseen in training among them, to the side of missing_left.
  std::vector<std::uint16_t> levels;
  std::int32_t left = -1;  ///< Node numbers; a leaf has -1 twice. A child's number is above its parent's.
  std::int32_t right = -1;
  std::uint32_t rows = 0;       ///< Training rows (with bootstrap repeats).
  std::uint32_t positives = 0;  ///< Of them, those with y = 1.
  double weight = 0.0;       ///< Of them together: sample weights times class weights, the greater scaled into [1, 2).
  double impurity = 0.0;     ///< By the criterion, with sample and class weights.
  double probability = 0.0;  ///< Of y = 1, with sample and class weights.
};

/// What minimal cost-complexity pruning does to a tree, cut by cut (Breiman et al., chapter 3): a split's strength is
/// the impurity that its branch saves, weighted by its share of the training rows, for each leaf that it has more than
/// one. The weakest branch becomes a leaf, those above it are measured anew, and so on to the root.
struct PruningPath {
  std::vector<double> ccp_alphas;  ///< Strength of each cut; from this ccp_alpha on it is made. The first is 0: no cut.
  std::vector<double> impurities;  ///< Of the leaves together after each cut, weighted by their shares of the rows.
};

/// CART (Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984) for a binary label, on binned
/// columns: every distinct value has its bin where a column has at most max_bins of them, and the tree is then exact.
/// The split is the one of the highest gain; ties go to the lowest column, then the lowest threshold. A threshold is
/// the midpoint to the next value present in the node, as float32 rounded down. Missing values go where the gain is
/// better.
///
/// The levels of a category column are split natively: sorted by their share of positives in the node (ties by their
/// bytes), the best cut of that order is the best of all subsets (Breiman et al., theorem 4.5). max_bins does not
/// apply.
class DecisionTree final : public Model {
 public:
  /// @param x  [rows x columns]. @param y  rows labels, each 0 or 1, both present.
  /// @param sample_weight  empty, or one a row (see FitContext). Weights count in gains and probabilities, in fixed
  /// point of about 52 - log2(rows) bits; a row of weight 2 equals the row twice, but for min_samples_*, which count
  /// rows.
  /// @throws ParameterError, DataError. Memory beyond `x`: 2 bytes a value (3 where more than 255 bins are used) and
  /// half a byte more for sums, 16 bytes a row; while bins are made, at most 28 bytes a row and thread.
  static DecisionTree fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                          const DecisionTreeOptions& options = {}, std::span<const double> sample_weight = {});
  /// The same as fit with each of `options`, in order: columns are binned once for each distinct max_bins, and trees
  /// that differ in max_depth alone are tops of the deepest.
  static std::vector<DecisionTree> fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                            std::span<const DecisionTreeOptions> options,
                                            std::span<const double> sample_weight = {});
  static DecisionTree read(core::ByteReader& in);

  std::string_view name() const override { return "decision_tree"; }
  const std::vector<std::string>& feature_names() const override;
  std::vector<double> predict_proba(const FeatureMatrix& x) const override;
  /// P(y = 1) of one row, the bits of predict_proba, without memory from the heap for up to 255 columns.
  /// @param row  one value a column: NaN is missing; of a category column the level's place in levels(), all that is
  /// none being missing. @throws DataError for another number of values.
  double predict_row(std::span<const float> row) const;
  /// The number in nodes() of the leaf that each row comes to. @throws DataError as predict_proba.
  std::vector<std::uint32_t> apply(const FeatureMatrix& x) const;
  void write(core::ByteWriter& out) const override;

  /// Node 0 is the root; breadth-first order. Made for the call: the model itself keeps 24 bytes a node.
  std::vector<TreeNode> nodes() const;
  int depth() const;
  /// Of each column, the levels that training saw, sorted by their bytes, after the empty text for missing; none for a
  /// column of numbers.
  const std::vector<std::vector<std::string>>& levels() const;
  /// Share of the total impurity decrease that each column's splits bring; sums to 1 (all 0 for a single leaf).
  std::vector<double> feature_importances() const;
  /// From this tree to its root; fit with ccp_alpha = 0 to see all of it.
  PruningPath cost_complexity_pruning_path() const;

 private:
  struct Impl;
  explicit DecisionTree(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace cartwheel
