#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tree/binning.hpp"
#include "tree/impurity.hpp"
#include "tree/stop_rule.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// How the work is cut up: results do not depend on it. By the shape of the data alone, never by timing.
struct GrowPlan {
  std::size_t block_rows = 4096;       ///< A node of at most as many rows grows its whole subtree in a thread's cache;
  std::size_t small_block_rows = 512;  ///< one of as many is copied once more, for the innermost cache.
  std::size_t sparse = 8;          ///< A larger node that has less than one row in so many reads rows, else columns.
  std::size_t few_rows = 32;  ///< A node of at most as many, and of at most 32, compares rows (FewRows).
  bool hands_on = true;  ///< A larger child's sums are its parent's less its sibling's, where that can be (KeptSums).
  std::size_t rows_a_block = 16384;  ///< On a GPU: rows that one block sums; a node of more is summed by several.
};

/// What stops a tree and what it looks at; everything checked and resolved to numbers.
struct GrowSettings {
  ImpurityRule impurity;
  std::uint32_t max_depth = 0;          ///< 0xffffffff: unlimited.
  std::uint32_t min_samples_split = 2;  ///< Distinct rows.
  std::uint32_t min_samples_leaf = 1;   ///< Distinct rows.
  std::uint32_t max_features = 0;       ///< [1, columns]
  double min_impurity_decrease = 0.0;
  bool balanced_subsample = false;  ///< Each tree's class factors come from its own rows.
  std::uint64_t seed = 0;
  std::span<const std::uint64_t>
      units;  ///< [rows] sample weights, each at least 1 unit; empty: none (see SampleUnits).
  GrowPlan plan;

  StopRule stop_rule() const { return {max_depth, min_samples_split, min_samples_leaf, min_impurity_decrease}; }
};

/// The rows of one tree.
struct TreeSample {
  std::uint32_t tree = 0;                  ///< Its number: what it draws depends on the seed and on this.
  std::span<const std::uint32_t> weights;  ///< [rows] how often each row counts; empty: once, if there are no draws.
  std::uint32_t draws = 0;                 ///< Above 0, instead of weights: so many draws (bootstrap_weights).
};

/// Grows trees on one device. The one interface between the algorithm's users and a device: it is coarse, so that a GPU
/// keeps the columns and works a whole level of several trees in one launch. All devices return the same nodes.
class Grower {
 public:
  virtual ~Grower() = default;
  /// One tree a sample, in their order; a tree depends on its own sample alone. Memory beyond the trees:
  /// 20 bytes a row and thread.
  /// @throws DataError if the weights of a sample add up to 0 or to more than 2^32 - 1.
  virtual std::vector<TreeNodes> grow(std::span<const TreeSample> batch) = 0;
};

/// @param x, labels  [rows] (each 0 or 1): must outlive the grower.
std::unique_ptr<Grower> make_cpu_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                        const GrowSettings& settings);
/// @throws DeviceError where there is no GPU, or its memory does not suffice: 1 byte a cell of `x`, 40 bytes a row and
/// sample, and, while a level is worked on, its nodes and the histograms of its large ones.
std::unique_ptr<Grower> make_cuda_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                         const GrowSettings& settings);
/// On the current device (core/current_device.hpp).
std::unique_ptr<Grower> make_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                    const GrowSettings& settings);

}  // namespace cartwheel::tree
