#pragma once

#include <cstdint>

#include "core/launch.cuh"
#include "tree/level.cuh"

namespace cartwheel::tree {

/// The rows of several trees, one after the other.
struct SampledRows {
  std::uint32_t rows, trees;     ///< Training rows; trees.
  const std::uint32_t* weights;  ///< [trees x rows] how often each row counts; null: once.
  const std::uint8_t* labels;    ///< [rows]
};

/// @param used  [trees x rows + 1]
static __global__ void mark_used_rows(SampledRows sample, std::uint32_t* used) {
  const std::size_t i = core::thread_number(), size = std::size_t{sample.rows} * sample.trees;
  if (i <= size) used[i] = i < size && sample.weights[i] != 0 ? 1 : 0;
}

/// @param place  [trees x rows] of each used row; null: all are used. @param row, node_of  a root's level.
static __global__ void place_rows(SampledRows sample, const std::uint32_t* place, TreeRow* row,
                                  std::uint32_t* node_of) {
  const std::size_t i = core::thread_number();
  if (i >= std::size_t{sample.rows} * sample.trees) return;
  const std::uint32_t weight = sample.weights != nullptr ? sample.weights[i] : 1;
  if (weight == 0) return;
  const auto number = static_cast<std::uint32_t>(i % sample.rows);
  const std::size_t to = place != nullptr ? place[i] : i;
  row[to].row = number;
  row[to].weight_and_label = weight << 1 | sample.labels[number];
  node_of[to] = static_cast<std::uint32_t>(i / sample.rows);
}

}  // namespace cartwheel::tree
