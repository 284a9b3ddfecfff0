#include <algorithm>

#include "core/launch.cuh"
#include "core/parallel.hpp"
#include "tree/level_sets.hpp"
#include "tree/predict_cuda.hpp"

namespace cartwheel::tree {
namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::launch;

constexpr std::uint32_t block_threads = 128;
constexpr std::size_t trees_a_block = 8;          ///< A row's thread takes it down so many trees.
constexpr std::size_t bytes_at_once = 256 << 20;  ///< Of rows and what the trees say of them.
constexpr std::size_t rows_a_copy = 1024;

struct ForestView {
  const FlatForest::Node* nodes;
  const std::uint64_t *first_node, *first_leaf;
  const double* probabilities;
  const std::uint16_t* level_sets;
  std::uint32_t trees;
};

__device__ std::uint32_t next_node(const ForestView& forest, const FlatForest::Node& node, const float* row) {
  if ((node.slot & FlatForest::level_bit) != 0) {  // listed levels go to the side where missing ones do not
    const std::uint32_t slot = node.slot ^ FlatForest::level_bit;
    const bool listed = LevelSets::contains(forest.level_sets, node.first, static_cast<std::uint32_t>(row[slot]));
    return node.left + (listed == PredictionRows::missing_left(slot) ? 1 : 0);
  }
  return node.left + (row[node.slot] <= __uint_as_float(node.first) ? 0 : 1);
}

/// Block (tile of rows, tile of trees). @param out  [trees x size]
__global__ void find_probabilities(ForestView forest, const float* rows, std::uint32_t stride, std::uint32_t size,
                                   double* out) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= size) return;
  const float* const row = rows + std::size_t{i} * stride;
  const std::uint32_t first = blockIdx.y * trees_a_block;
  for (std::uint32_t tree = first; tree < min(forest.trees, first + static_cast<std::uint32_t>(trees_a_block));
       ++tree) {
    const FlatForest::Node* const nodes = forest.nodes + forest.first_node[tree];
    FlatForest::Node node = nodes[1];
    while (node.slot != 0) node = nodes[next_node(forest, node, row)];
    out[std::size_t{tree} * size + i] = forest.probabilities[forest.first_leaf[tree] + node.first];
  }
}

/// Adds the trees in their order. @param probabilities  [trees x size] @param sizes  [counts] @param means  [counts x
/// size]
__global__ void add_trees(const double* probabilities, std::uint32_t size, std::uint32_t trees,
                          const std::uint32_t* sizes, std::uint32_t counts, double* means) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= size) return;
  double sum = 0.0;
  for (std::uint32_t tree = 0; tree < trees; ++tree) {
    sum += probabilities[std::size_t{tree} * size + i];
    for (std::uint32_t k = 0; k < counts; ++k)
      if (sizes[k] == tree + 1) means[std::size_t{k} * size + i] = sum / static_cast<double>(tree + 1);
  }
}

/// Trees in device memory.
class DeviceForest {
 public:
  explicit DeviceForest(const FlatForest& flat)
      : nodes_(std::span<const FlatForest::Node>(flat.nodes), "trees"),
        first_node_(std::span<const std::uint64_t>(flat.first_node), "trees"),
        first_leaf_(std::span<const std::uint64_t>(flat.first_leaf), "trees"),
        probabilities_(std::span<const double>(flat.probabilities), "trees"),
        level_sets_(std::span<const std::uint16_t>(flat.level_sets), "trees") {}

  /// Calls work(begin, rows, probabilities in device memory [trees x rows]) for blocks of rows.
  template <class Work>
  void for_each_block(const PredictionRows& form, const RowValues& x, const Work& work) const {
    const ForestView view{nodes_.data(),         first_node_.data(), first_leaf_.data(),
                          probabilities_.data(), level_sets_.data(), static_cast<std::uint32_t>(first_node_.size())};
    const std::size_t bytes_a_row = form.stride() * sizeof(float) + view.trees * sizeof(double);
    const std::size_t at_once = std::min(x.rows(), std::max(rows_a_copy, bytes_at_once / bytes_a_row));
    std::vector<float> rows(at_once * form.stride());
    DeviceBuffer<float> device_rows(rows.size(), "rows to predict");
    DeviceBuffer<double> probabilities(at_once * view.trees, "what trees predict");
    for (std::size_t begin = 0; begin < x.rows(); begin += at_once) {
      const std::size_t size = std::min(at_once, x.rows() - begin);
      core::parallel_for_blocks(size, rows_a_copy, [&](std::size_t from, std::size_t to) {
        std::vector<float> values((to - from) * form.columns());
        x.copy(begin + from, begin + to, values);
        form.fill(values, std::span(rows).subspan(from * form.stride(), (to - from) * form.stride()));
      });
      device_rows.set(std::span<const float>(rows).first(size * form.stride()));
      launch("taking rows down trees", find_probabilities,
             dim3(blocks_for(size, block_threads), blocks_for(view.trees, trees_a_block)), block_threads, 0, view,
             device_rows.data(), form.stride(), size, probabilities.data());
      work(begin, size, probabilities);
    }
  }

 private:
  DeviceBuffer<FlatForest::Node> nodes_;
  DeviceBuffer<std::uint64_t> first_node_, first_leaf_;
  DeviceBuffer<double> probabilities_;
  DeviceBuffer<std::uint16_t> level_sets_;
};

}  // namespace

std::vector<std::vector<double>> mean_probabilities_on_gpu(const PredictionTrees& trees, const PredictionRows& rows,
                                                           const RowValues& x, std::span<const std::size_t> sizes) {
  const std::size_t most = *std::ranges::max_element(sizes);
  const std::vector<std::uint32_t> counts(sizes.begin(), sizes.end());
  const DeviceBuffer<std::uint32_t> device_counts(std::span<const std::uint32_t>(counts), "sizes of forests");
  std::vector<std::vector<double>> results(sizes.size(), std::vector<double>(x.rows()));
  DeviceForest(trees.flatten(most))
      .for_each_block(rows, x, [&](std::size_t begin, std::size_t size, const DeviceBuffer<double>& probabilities) {
        const DeviceBuffer<double> means(sizes.size() * size, "what forests predict");
        launch("adding up trees", add_trees, blocks_for(size, block_threads), block_threads, 0, probabilities.data(),
               size, most, device_counts.data(), counts.size(), means.data());
        for (std::size_t k = 0; k < sizes.size(); ++k) means.get(std::span(results[k]).subspan(begin, size), k * size);
      });
  return results;
}

void tree_probabilities_on_gpu(const PredictionTrees& forest, const PredictionRows& rows, const RowValues& x,
                               std::size_t trees,
                               const std::function<void(std::size_t, std::span<const double>)>& work) {
  std::vector<double> host;
  DeviceForest(forest.flatten(trees))
      .for_each_block(rows, x, [&](std::size_t begin, std::size_t size, const DeviceBuffer<double>& probabilities) {
        host.resize(trees * size);
        probabilities.get(host);
        work(begin, host);
      });
}

}  // namespace cartwheel::tree
