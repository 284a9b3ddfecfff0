#pragma once

#include <cstdint>

#include "core/launch.cuh"
#include "core/philox.hpp"
#include "tree/find_split.cuh"

/// A node looks at features in its own random order until max_features that vary in it were seen, and at further ones
/// as long as none allows a split. The CPU goes one step at a time; here each round takes so many that the rounds are
/// few, and what a node did not need to look at is left out when it chooses.
namespace cartwheel::tree {

template <class C>
__global__ void prepare_nodes(LevelView<C> level) {
  const std::size_t n = core::thread_number();
  if (n >= level.size) return;
  level.best[n] = {};
  level.seen[n] = level.useful[n] = 0;
  level.done[n] = 0;
}

/// The next features of each node that are not known to be constant in it; a warp a node.
/// @param orders  [blocks x columns] scratch. @param chosen, count  as RoundView.
template <class C>
__global__ void choose_features(TrainingView<C> training, LevelView<C> level, std::uint32_t* orders,
                                std::uint32_t width, std::uint32_t* chosen, std::uint32_t* count) {
  const std::uint32_t columns = training.columns.columns;
  std::uint32_t* const order = orders + std::size_t{blockIdx.x} * columns;
  for (std::uint32_t n = blockIdx.x; n < level.size; n += gridDim.x) {
    if (level.done[n] != 0) continue;
    for (std::uint32_t j = threadIdx.x; j < columns; j += warp_size) order[j] = j;
    __syncwarp();
    if (threadIdx.x == 0) {
      const OpenNode<C>& node = level.nodes[n];
      core::RandomStream random(training.seed, core::RandomPurpose::split_features, training.trees[node.tree].number,
                                node.path);
      std::uint32_t taken = 0, i = 0;
      for (; i < columns && taken < width; ++i) {  // Fisher and Yates' shuffle, as far as it is needed
        const std::uint32_t other = i + random.below(columns - i), j = order[other];
        order[other] = order[i];
        order[i] = j;
        if (i >= level.seen[n] && !level.is_constant(training, n, j)) chosen[std::size_t{n} * width + taken++] = j;
      }
      level.seen[n] = i;
      count[n] = taken;
    }
    __syncwarp();
  }
}

/// Each node takes the best of the features that it was to look at. @param unfinished  how many nodes need to look at
/// more of them.
template <class C>
__global__ void choose_splits(TrainingView<C> training, LevelView<C> level, RoundView round,
                              const BasicSplit<C>* candidates, std::uint32_t* unfinished) {
  const auto n = static_cast<std::uint32_t>(core::thread_number());
  if (n >= level.size || level.done[n] != 0) return;
  const OpenNode<C>& node = level.nodes[n];
  const TreeHead<C>& tree = training.trees[node.tree];
  const GainOrder<C> order(tree.rule, node.sum, training.terms);
  BasicSplit<C> best = level.best[n];
  bool done = true;
  const BasicSplit<C>* const found = candidates + std::size_t{n} * round.candidates;
  if (training.all_features()) {
    for (std::uint32_t i = 0; i < round.candidates; ++i) keep_better_split(order, found[i], best);
  } else {
    std::uint32_t useful = level.useful[n], position = 0;
    const auto wants_more = [&] { return useful < training.max_features || !best.found(); };
    for (; position < round.count[n] && wants_more(); ++position) {
      if (level.is_constant(training, n, round.feature(training, n, position))) continue;
      ++useful;
      keep_better_split(order, found[position], best);
    }
    done = !wants_more() || level.seen[n] == training.columns.columns;
    level.useful[n] = useful;
  }
  if (done && best.found() && !training.stop.decreases_enough(tree.rule, tree.root, node.sum, best.left)) best = {};
  level.best[n] = best;
  level.done[n] = done ? 1 : 0;
  if (!done) atomicAdd(unfinished, 1u);
}

}  // namespace cartwheel::tree
