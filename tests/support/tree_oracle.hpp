#pragma once

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cartwheel/decision_tree.hpp>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "core/philox.hpp"
#include "tree/path.hpp"

/// CART as the definition has it, slowly, on raw values and in exact arithmetic: no bins, no histograms, no doubles
/// where they could be wrong. What the real grower is compared with, node by node.
namespace cartwheel::test {

using Integer = boost::multiprecision::cpp_int;

struct OracleTask {
  std::vector<std::vector<float>> columns;  ///< NaN is missing.
  std::vector<std::uint8_t> labels;
  std::vector<std::uint32_t> weights;  ///< Of rows; empty: 1.
  Criterion criterion = Criterion::gini;
  std::uint64_t negative_factor = 1, positive_factor = 1;  ///< Of classes.
  std::size_t max_depth = std::numeric_limits<std::size_t>::max();
  std::size_t min_samples_split = 2, min_samples_leaf = 1;  ///< Distinct rows.
  double min_impurity_decrease = 0.0;
  std::vector<bool> by_level = {};  ///< Of columns; empty: none. Values are then places of levels, from 1.
  std::size_t max_features = std::numeric_limits<std::size_t>::max();
  std::uint64_t seed = 0;  ///< Decides with the tree's number, 0, which features a node looks at.
};

struct OracleNode {
  int feature = -1;
  double threshold = 0.0;  ///< The midpoint itself, or infinity.
  bool missing_left = false;
  std::vector<std::uint16_t> levels;  ///< TreeNode::levels.
  int left = -1, right = -1;
  std::uint64_t rows = 0, positives = 0;
  bool tied = false;  ///< Another candidate gains as much.
};

class TreeOracle {
 public:
  explicit TreeOracle(OracleTask task) : task_(std::move(task)) {
    if (task_.weights.empty()) task_.weights.assign(task_.labels.size(), 1);
  }

  /// In breadth-first order.
  std::vector<OracleNode> grow() {
    std::vector<std::uint32_t> all;
    for (std::uint32_t row = 0; row < task_.labels.size(); ++row)
      if (task_.weights[row] > 0) all.push_back(row);
    root_ = count(all);
    nodes_.clear();
    std::deque<Open> queue{{0, 0, tree::root_path, all}};
    add_leaf(all);
    while (!queue.empty()) {
      const Open open = std::move(queue.front());
      queue.pop_front();
      const std::optional<Candidate> best = best_candidate(open);
      if (!best) continue;
      nodes_[open.node].feature = best->feature;
      nodes_[open.node].threshold = best->threshold;
      nodes_[open.node].missing_left = best->missing_left;
      nodes_[open.node].levels = best->levels;
      nodes_[open.node].left = static_cast<int>(nodes_.size());
      nodes_[open.node].right = static_cast<int>(nodes_.size()) + 1;
      for (const bool right : {false, true}) {
        const auto& rows = right ? best->right : best->left;
        queue.push_back({nodes_.size(), open.depth + 1, tree::child_path(open.path, right), rows});
        add_leaf(rows);
      }
    }
    return nodes_;
  }

 private:
  struct Sides {
    std::uint64_t negatives = 0, positives = 0;
    std::uint64_t rows() const { return negatives + positives; }
  };
  struct Fraction {
    Integer numerator, denominator;  ///< Not reduced; the denominator is positive.
  };
  struct Open {
    std::size_t node, depth;
    std::uint64_t path;
    std::vector<std::uint32_t> rows;
  };
  struct Candidate {
    int feature;
    double threshold;
    bool missing_left;
    std::vector<std::uint32_t> left, right;
    std::vector<std::uint16_t> levels;
    double rough_score = 0.0;  ///< Grows with the gain; right to 1e-9 of the node's own size.
  };

  Sides count(const std::vector<std::uint32_t>& rows) const {
    Sides sides;
    for (const std::uint32_t row : rows)
      (task_.labels[row] != 0 ? sides.positives : sides.negatives) += task_.weights[row];
    return sides;
  }

  void add_leaf(const std::vector<std::uint32_t>& rows) {
    const Sides sides = count(rows);
    OracleNode node;
    node.rows = sides.rows();
    node.positives = sides.positives;
    nodes_.push_back(node);
  }

  static Integer self_power(std::uint64_t base, std::uint64_t factor) {
    return base == 0 ? Integer(1) : boost::multiprecision::pow(Integer(base), static_cast<unsigned>(base * factor));
  }

  /// Gini: minus the weighted impurity of a side. Entropy: 2 to the power of that, so that it stays a fraction.
  Fraction side_score(const Sides& side) const {
    const std::uint64_t side_weight = task_.negative_factor * side.negatives + task_.positive_factor * side.positives;
    if (task_.criterion == Criterion::gini)
      return {-Integer(task_.negative_factor * side.negatives) * (task_.positive_factor * side.positives),
              Integer(side_weight)};
    return {self_power(side.negatives, task_.negative_factor) * self_power(side.positives, task_.positive_factor),
            self_power(side_weight, 1)};
  }
  Fraction score(const Candidate& candidate) const {
    const Fraction left = side_score(count(candidate.left)), right = side_score(count(candidate.right));
    if (task_.criterion == Criterion::entropy)
      return {left.numerator * right.numerator, left.denominator * right.denominator};
    return {left.numerator * right.denominator + right.numerator * left.denominator,
            left.denominator * right.denominator};
  }

  /// -1, 0 or 1 as the gain of a is below, equal to, or above that of b, exactly. The big integers are only asked where
  /// doubles could be wrong.
  int compare(const Candidate& a, const Candidate& b, double node_weight) const {
    const double difference = a.rough_score - b.rough_score;
    if (std::abs(difference) > 1e-9 * node_weight) return difference > 0.0 ? 1 : -1;
    const Fraction x = score(a), y = score(b);
    const Integer exact = x.numerator * y.denominator - y.numerator * x.denominator;
    return exact.sign();
  }

  double weight(const Sides& side) const {
    return static_cast<double>(task_.negative_factor * side.negatives + task_.positive_factor * side.positives);
  }
  double impurity(const Sides& side) const {
    const double p = static_cast<double>(task_.positive_factor * side.positives) / weight(side), q = 1.0 - p;
    if (task_.criterion == Criterion::gini) return 1.0 - p * p - q * q;
    const auto term = [](double x) { return x > 0.0 ? -x * std::log2(x) : 0.0; };
    return term(p) + term(q);
  }
  bool decreases_enough(const std::vector<std::uint32_t>& left_rows,
                        const std::vector<std::uint32_t>& right_rows) const {
    const Sides left = count(left_rows), right = count(right_rows);
    const Sides node{left.negatives + right.negatives, left.positives + right.positives};
    const double decrease =
        (weight(node) * impurity(node) - weight(left) * impurity(left) - weight(right) * impurity(right)) /
        weight(root_);
    return decrease >= task_.min_impurity_decrease - 1e-14;
  }

  std::optional<Candidate> best_candidate(const Open& open) {
    const Sides sides = count(open.rows);
    if (sides.negatives == 0 || sides.positives == 0 || open.depth >= task_.max_depth ||
        open.rows.size() < task_.min_samples_split)
      return std::nullopt;
    std::optional<Candidate> best;
    bool tied = false;
    std::size_t useful = 0;
    for (const std::size_t f : features(open)) {
      if (useful >= task_.max_features && best) break;
      const std::vector<Candidate> of_feature = candidates(open.rows, f);
      useful += of_feature.empty() ? 0 : 1;
      for (Candidate candidate : of_feature) {
        if (candidate.left.size() < task_.min_samples_leaf || candidate.right.size() < task_.min_samples_leaf) continue;
        const Sides left = count(candidate.left), right = count(candidate.right);
        candidate.rough_score = -weight(left) * impurity(left) - weight(right) * impurity(right);
        const int order = best ? compare(candidate, *best, weight(sides)) : 1;
        if (order > 0 || (order == 0 && candidate.feature < best->feature)) best = candidate;
        tied = order == 0 || (order < 0 && tied);
      }
    }
    if (best && !decreases_enough(best->left, best->right)) return std::nullopt;
    nodes_[open.node].tied = best && tied;
    return best;
  }

  /// All columns, in the order in which the node looks at them.
  std::vector<std::size_t> features(const Open& open) const {
    std::vector<std::size_t> order;
    for (std::size_t f = 0; f < task_.columns.size(); ++f) order.push_back(f);
    if (task_.max_features >= order.size()) return order;
    core::RandomStream random(task_.seed, core::RandomPurpose::split_features, 0, open.path);
    for (std::size_t i = 0; i < order.size(); ++i)
      std::swap(order[i], order[i + random.below(static_cast<std::uint32_t>(order.size() - i))]);
    return order;
  }

  /// The levels of column f in some rows, by their share of positives, ties by level.
  std::vector<float> sorted_levels(std::vector<float> levels, const std::vector<std::uint32_t>& rows,
                                   std::size_t f) const {
    const auto sides = [&](float level) {
      std::vector<std::uint32_t> of_level;
      for (const std::uint32_t row : rows)
        if (task_.columns[f][row] == level) of_level.push_back(row);
      return count(of_level);
    };
    std::ranges::stable_sort(levels, [&](float a, float b) {
      return sides(a).positives * sides(b).rows() < sides(b).positives * sides(a).rows();
    });
    return levels;
  }

  static void note_levels(Candidate& candidate, const std::vector<float>& order, std::size_t cut) {
    for (std::size_t i = 0; i < order.size(); ++i)
      if ((i < cut) != candidate.missing_left) candidate.levels.push_back(static_cast<std::uint16_t>(order[i]));
    std::ranges::sort(candidate.levels);
  }

  /// Every way to part the rows by column f, in the order of the tie rule.
  std::vector<Candidate> candidates(const std::vector<std::uint32_t>& rows, std::size_t f) const {
    const std::vector<float>& column = task_.columns[f];
    std::vector<float> values;
    std::vector<std::uint32_t> missing;
    for (const std::uint32_t row : rows) {
      if (std::isnan(column[row]))
        missing.push_back(row);
      else
        values.push_back(column[row]);
    }
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    const bool by_level = !task_.by_level.empty() && task_.by_level[f];
    if (by_level) values = sorted_levels(values, rows, f);
    std::vector<Candidate> result;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool last = i + 1 == values.size();
      if (last && missing.empty()) continue;
      const double threshold =
          last ? std::numeric_limits<double>::infinity() : (double{values[i]} + double{values[i + 1]}) / 2;
      Candidate base{static_cast<int>(f), threshold, false, {}, {}, {}, {}};
      for (const std::uint32_t row : rows)
        if (!std::isnan(column[row]))
          (std::ranges::find(values, column[row]) - values.begin() <= static_cast<std::ptrdiff_t>(i) ? base.left
                                                                                                     : base.right)
              .push_back(row);
      if (missing.empty()) {
        base.missing_left = count(base.left).rows() >= count(base.right).rows();
        if (by_level) note_levels(base, values, i + 1);
        result.push_back(base);
        continue;
      }
      if (!last) {
        Candidate left = base;
        left.missing_left = true;
        left.left.insert(left.left.end(), missing.begin(), missing.end());
        if (by_level) note_levels(left, values, i + 1);
        result.push_back(left);
      }
      base.right.insert(base.right.end(), missing.begin(), missing.end());
      if (by_level) note_levels(base, values, i + 1);
      result.push_back(base);
    }
    return result;
  }

  OracleTask task_;
  Sides root_;
  std::vector<OracleNode> nodes_;
};

}  // namespace cartwheel::test
