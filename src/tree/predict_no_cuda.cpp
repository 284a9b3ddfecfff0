#include "core/cuda_device.hpp"
#include "tree/predict_cuda.hpp"

namespace cartwheel::tree {

std::vector<std::vector<double>> mean_probabilities_on_gpu(const PredictionTrees&, const PredictionRows&,
                                                           const RowValues&, std::span<const std::size_t>) {
  core::refuse_cuda();
}

void tree_probabilities_on_gpu(const PredictionTrees&, const PredictionRows&, const RowValues&, std::size_t,
                               const std::function<void(std::size_t, std::span<const double>)>&) {
  core::refuse_cuda();
}

}  // namespace cartwheel::tree
