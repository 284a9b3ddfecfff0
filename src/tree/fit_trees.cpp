#include "tree/fit_trees.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <string_view>

#include "core/parallel.hpp"
#include "features/model_input.hpp"
#include "tree/binning.hpp"
#include "tree/bootstrap.hpp"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/prune.hpp"
#include "tree/sample_units.hpp"

namespace cartwheel::tree {
namespace {

void check_forest_options(const RandomForestOptions& options) {
  check_options(options.tree);
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

bool has_zero(std::span<const double> weights) { return std::ranges::find(weights, 0.0) != weights.end(); }

/// A copy of the rows whose weight is not 0, if there are others. @throws DataError for labels, weights or a matrix
/// that no tree can learn from.
std::unique_ptr<const features::CountedRows> counted_rows(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                                          std::span<const double> sample_weight,
                                                          std::string_view model) {
  features::check_labels(y, x.rows());
  features::class_totals(y, sample_weight);
  if (x.columns() == 0) throw DataError(fmt::format("the matrix has no columns; a {} needs at least one", model));
  if (!has_zero(sample_weight)) return nullptr;
  return std::make_unique<features::CountedRows>(x, y, sample_weight);
}

/// The rows that a fit learns from, checked: those of weight 0 are left out, as if they were not there.
class TrainingRows {
 public:
  TrainingRows(const FeatureMatrix& x, std::span<const std::uint8_t> y, std::span<const double> sample_weight,
               std::string_view model)
      : counted_(counted_rows(x, y, sample_weight, model)),
        x_(counted_ ? counted_->x : x),
        y_(counted_ ? std::span<const std::uint8_t>(counted_->y) : y),
        counts_{static_cast<std::uint32_t>(y_.size()), static_cast<std::uint32_t>(std::ranges::count(y_, 1))},
        weights_(counted_ ? std::span<const double>(counted_->weight) : sample_weight) {}

  const FeatureMatrix& x() const { return x_; }
  std::span<const std::uint8_t> y() const { return y_; }
  std::uint32_t rows() const { return counts_.rows; }
  double weight_unit() const { return weights_.unit; }

  GrowSettings settings(const DecisionTreeOptions& options) const {
    GrowSettings settings = make_grow_settings(options, counts_, x_.columns());
    settings.units = weights_.units;
    if (!weights_.units.empty() && options.class_weight.rule == ClassWeight::Rule::balanced)
      settings.impurity = balanced_rule(options.criterion, weights_.sum(y_));
    return settings;
  }

 private:
  std::unique_ptr<const features::CountedRows> counted_;
  const FeatureMatrix& x_;
  std::span<const std::uint8_t> y_;
  Counts counts_;
  SampleUnits weights_;
};

/// Puts together what is equal: calls work(members) for each class of [0, size), members in increasing order.
template <class Equal, class Work>
void for_each_class(std::span<const std::size_t> of, const Equal& equal, const Work& work) {
  std::vector<std::size_t> left(of.begin(), of.end());
  while (!left.empty()) {
    std::vector<std::size_t> members, others;
    for (const std::size_t i : left) (equal(left[0], i) ? members : others).push_back(i);
    work(std::span<const std::size_t>(members));
    left = std::move(others);
  }
}

std::vector<std::size_t> all_of(std::size_t size) {
  std::vector<std::size_t> indices(size);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

/// max_depth = 0 is the deepest.
int deeper(int a, int b) { return a == 0 || b == 0 ? 0 : std::max(a, b); }

/// The tree of these options, of one that was grown to at least their depth.
TreeNodes cut(const TreeNodes& tree, const DecisionTreeOptions& options) {
  return prune(options.max_depth == 0 ? tree : tree.top(options.max_depth), options.ccp_alpha);
}

/// Forests whose options differ in n_estimators, max_depth, ccp_alpha and oob_score alone.
class ForestFamily {
 public:
  ForestFamily(const BinnedColumns& binned, const RowValues& values, const TrainingRows& training,
               std::span<const RandomForestOptions> options, std::span<const std::size_t> members)
      : binned_(binned), training_(training), options_(options), members_(members) {
    const auto same_trees = [&](std::size_t i, std::size_t j) {
      return options[i].tree.max_depth == options[j].tree.max_depth &&
             options[i].tree.ccp_alpha == options[j].tree.ccp_alpha;
    };
    for_each_class(members, same_trees, [&](std::span<const std::size_t> with_trees) {
      Cut& made = cuts_.emplace_back(Cut{options[with_trees[0]].tree, {}, 0, {}});
      for (const std::size_t i : with_trees) {
        made.forests.push_back({i, size_of(i), {}});
        if (options[i].oob_score) made.forests.back().out_of_bag.emplace(values);
        made.most = std::max(made.most, size_of(i));
      }
    });
  }

  void fit(std::span<FittedForest> forests) {
    std::vector<std::size_t> sizes;
    for (const std::size_t i : members_) sizes.push_back(size_of(i));
    std::ranges::sort(sizes);
    std::size_t begin = 0;
    for (const std::size_t end : sizes) {
      if (begin < end) grow(begin, end);
      begin = end;
    }
    for (Cut& made : cuts_) {
      const auto trees = std::make_shared<const TreeSet>(std::move(made.trees), binned_.levels);
      for (const Member& member : made.forests) {
        FittedForest& forest = forests[member.number];
        forest.trees = trees;
        forest.size = member.size;
        if (member.out_of_bag) forest.out_of_bag = member.out_of_bag->score(training_.y());
      }
    }
  }

 private:
  struct Member {
    std::size_t number;  ///< In options_.
    std::size_t size;
    std::optional<OutOfBag> out_of_bag;
  };
  /// Forests whose trees are cut alike: one is the beginning of the other.
  struct Cut {
    DecisionTreeOptions options;
    std::vector<Member> forests;
    std::size_t most;  ///< Trees of the largest.
    std::vector<TreeNodes> trees;

    bool wants_out_of_bag(std::size_t trees_so_far) const {
      return std::ranges::any_of(forests, [&](const Member& m) { return m.out_of_bag && m.size >= trees_so_far; });
    }
  };

  std::size_t size_of(std::size_t i) const { return static_cast<std::size_t>(options_[i].n_estimators); }

  /// Trees [begin, end), as deep as any forest wants them that has so many.
  void grow(std::size_t begin, std::size_t end) {
    const auto wanted = [&](std::size_t i) { return size_of(i) >= end; };
    RandomForestOptions deepest = options_[*std::ranges::find_if(members_, wanted)];
    for (const Cut& made : cuts_)
      if (made.most >= end) deepest.tree.max_depth = deeper(deepest.tree.max_depth, made.options.max_depth);
    GrowSettings settings = training_.settings(deepest.tree);
    settings.balanced_subsample = deepest.balanced_subsample;
    const std::uint32_t draws = draws_a_tree(deepest.max_samples, training_.rows());
    std::vector<TreeSample> samples;
    for (std::size_t tree = begin; tree < end; ++tree)
      samples.push_back({static_cast<std::uint32_t>(tree), {}, deepest.bootstrap ? draws : 0});
    std::vector<TreeNodes> grown = make_grower(binned_, training_.y(), settings)->grow(samples);
    std::vector<Cut*> takers;
    for (Cut& made : cuts_)
      if (made.most >= end) takers.push_back(&made);
    for (Cut* const made : takers) {
      const bool whole = made->options.max_depth == deepest.tree.max_depth && made->options.ccp_alpha == 0.0;
      std::vector<TreeNodes> trees(grown.size());
      core::parallel_for(grown.size(), [&](std::size_t i) {
        if (whole && made == takers.back())
          trees[i] = std::move(grown[i]);
        else
          trees[i] = whole ? grown[i] : cut(grown[i], made->options);
      });
      if (made->wants_out_of_bag(end)) add_out_of_bag(trees, samples, end, *made);
      std::ranges::move(trees, std::back_inserter(made->trees));
    }
  }

  /// Some trees at a time, as each needs its weights again.
  void add_out_of_bag(std::span<const TreeNodes> trees, std::span<const TreeSample> samples, std::size_t end,
                      Cut& made) const {
    const auto at_once = static_cast<std::size_t>(core::thread_count());
    for (std::size_t first = 0; first < trees.size(); first += at_once) {
      std::vector<std::vector<std::uint32_t>> weights(std::min(at_once, trees.size() - first));
      core::parallel_for(weights.size(), [&](std::size_t i) {
        const TreeSample& sample = samples[first + i];
        weights[i] = bootstrap_weights(made.options.seed, sample.tree, training_.rows(), sample.draws);
      });
      const Predictor predictor(trees.subspan(first, weights.size()), binned_.levels);
      for (Member& member : made.forests)
        if (member.out_of_bag && member.size >= end) member.out_of_bag->add(predictor, weights);
    }
  }

  const BinnedColumns& binned_;
  const TrainingRows& training_;
  std::span<const RandomForestOptions> options_;
  std::span<const std::size_t> members_;
  std::vector<Cut> cuts_;
};

/// Of all rows again: those of weight 0 have no probability.
std::vector<double> with_rows_left_out(const std::vector<double>& of_counted, std::span<const double> sample_weight) {
  if (!has_zero(sample_weight)) return of_counted;
  std::vector<double> all;
  std::size_t next = 0;
  for (const double weight : sample_weight)
    all.push_back(weight == 0.0 ? std::numeric_limits<double>::quiet_NaN() : of_counted[next++]);
  return all;
}

bool same_family(RandomForestOptions a, const RandomForestOptions& b) {
  a.n_estimators = b.n_estimators;
  a.oob_score = b.oob_score;
  a.tree.max_depth = b.tree.max_depth;
  a.tree.ccp_alpha = b.tree.ccp_alpha;
  return a == b;
}

bool same_family(DecisionTreeOptions a, const DecisionTreeOptions& b) {
  a.max_depth = b.max_depth;
  a.ccp_alpha = b.ccp_alpha;
  return a == b;
}

}  // namespace

std::vector<FittedForest> fit_forests(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                      std::span<const RandomForestOptions> options,
                                      std::span<const double> sample_weight) {
  for (const RandomForestOptions& each : options) check_forest_options(each);
  const TrainingRows training(x, y, sample_weight, "forest");
  for (const RandomForestOptions& each : options) {  // refused before any work starts
    training.settings(each.tree);
    draws_a_tree(each.max_samples, training.rows());
  }
  std::vector<FittedForest> forests(options.size());
  const auto same_bins = [&](std::size_t i, std::size_t j) {
    return options[i].tree.max_bins == options[j].tree.max_bins;
  };
  for_each_class(all_of(options.size()), same_bins, [&](std::span<const std::size_t> with_bins) {
    const auto max_bins = static_cast<std::uint32_t>(options[with_bins[0]].tree.max_bins);
    const BinnedColumns binned = bin_columns(training.x(), max_bins);
    const RowValues values(training.x(), binned.levels);
    for (const std::size_t i : with_bins) forests[i].head = {x.names(), binned.levels, training.weight_unit()};
    const auto alike = [&](std::size_t i, std::size_t j) { return same_family(options[i], options[j]); };
    for_each_class(with_bins, alike, [&](std::span<const std::size_t> members) {
      ForestFamily(binned, values, training, options, members).fit(forests);
    });
  });
  for (FittedForest& forest : forests)
    if (forest.out_of_bag)
      forest.out_of_bag->probability = with_rows_left_out(forest.out_of_bag->probability, sample_weight);
  return forests;
}

std::vector<FittedTree> fit_trees(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                  std::span<const DecisionTreeOptions> options, std::span<const double> sample_weight) {
  for (const DecisionTreeOptions& each : options) check_options(each);
  const TrainingRows training(x, y, sample_weight, "tree");
  for (const DecisionTreeOptions& each : options) training.settings(each);
  std::vector<FittedTree> trees(options.size());
  const auto same_bins = [&](std::size_t i, std::size_t j) { return options[i].max_bins == options[j].max_bins; };
  for_each_class(all_of(options.size()), same_bins, [&](std::span<const std::size_t> with_bins) {
    const auto max_bins = static_cast<std::uint32_t>(options[with_bins[0]].max_bins);
    const BinnedColumns binned = bin_columns(training.x(), max_bins);
    const auto alike = [&](std::size_t i, std::size_t j) { return same_family(options[i], options[j]); };
    for_each_class(with_bins, alike, [&](std::span<const std::size_t> members) {
      DecisionTreeOptions deepest = options[members[0]];
      for (const std::size_t i : members) deepest.max_depth = deeper(deepest.max_depth, options[i].max_depth);
      const GrowSettings settings = training.settings(deepest);
      const TreeSample all_rows;
      const auto grown = make_grower(binned, training.y(), settings)->grow({&all_rows, 1});
      for (const std::size_t i : members)
        trees[i] = {{x.names(), binned.levels, training.weight_unit()}, cut(grown.front(), options[i])};
    });
  });
  return trees;
}

}  // namespace cartwheel::tree
