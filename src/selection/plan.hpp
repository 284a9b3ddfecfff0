#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "selection/search_space.hpp"

namespace cartwheel::selection {

/// Combinations of one model on the same columns: fitted in one call, so that they can share work.
struct PlanUnit {
  std::size_t model = 0;            ///< In SearchSpace::models.
  std::vector<std::size_t> trials;  ///< In that model's trials, increasing.
  std::size_t fits = 0;             ///< What is left of them where one fit serves several (pipeline::share_key).
};

/// Columns that units and further steps have in common.
struct PlanNode {
  NamedStep step;                 ///< What makes them of the node before; nothing for a root.
  std::vector<std::size_t> next;  ///< Nodes of the steps that come after this one.
  std::vector<std::size_t> units;
};

/// The features that nodes begin with.
struct PlanRoot {
  std::string extractor;
  Parameters parameters;
  std::size_t node = 0;
};

/// What there is to do in one fold, each piece of it once: a forest of extractors, steps after them, and models at the
/// nodes. The same space gives the same plan, so its numbers name the work in a journal.
struct SearchPlan {
  std::vector<PlanRoot> roots;
  std::vector<PlanNode> nodes;
  std::vector<PlanUnit> units;
};

/// @param share  false: each combination makes its own features, steps and model, as if it were alone.
SearchPlan make_plan(const SearchSpace& space, bool share);

/// The work of a plan in `folds` folds.
SearchWork work_of(const SearchPlan& plan, std::size_t folds);

}  // namespace cartwheel::selection
