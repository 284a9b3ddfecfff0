#include "tree/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>

#include "core/current_device.hpp"
#include "tree/predict_cuda.hpp"

namespace cartwheel::tree {

std::vector<std::vector<double>> Predictor::mean_probabilities(const RowValues& x,
                                                               std::span<const std::size_t> sizes) const {
  if (core::current_device() == Device::cuda) return mean_probabilities_on_gpu(*trees_, rows_, x, sizes);
  std::vector<std::vector<double>> results(sizes.size(), std::vector<double>(x.rows()));
  const std::size_t most = *std::ranges::max_element(sizes);
  rows_.for_each_block(x, [&](std::size_t begin, const GroupedRows& rows) {
    std::vector<double> sums(rows.rows());
    for (std::size_t tree = 0; tree < most; ++tree) {
      trees_->add_probabilities(tree, rows, sums);
      for (std::size_t k = 0; k < sizes.size(); ++k)
        if (sizes[k] == tree + 1)
          for (std::size_t i = 0; i < sums.size(); ++i) results[k][begin + i] = sums[i] / static_cast<double>(tree + 1);
    }
  });
  return results;
}

double Predictor::mean_probability(std::span<const float> values, std::size_t trees) const {
  if (values.size() != rows_.columns())
    throw DataError(fmt::format("the row has {} values; the fit had {} columns", values.size(), rows_.columns()));
  std::array<float, 512> few;  // no allocation for a row of up to 255 columns
  std::vector<float> many(rows_.stride() > few.size() ? rows_.stride() : 0);
  const auto row = many.empty() ? std::span(few).first(rows_.stride()) : std::span(many);
  rows_.fill(values, row);
  return trees_->sum_probabilities(row, trees) / static_cast<double>(trees);
}

std::vector<std::uint32_t> Predictor::leaves(const RowValues& x, std::size_t trees) const {
  std::vector<std::uint32_t> result(x.rows() * trees);
  rows_.for_each_block(x, [&](std::size_t begin, const GroupedRows& rows) {
    const std::span<std::uint32_t> leaves = std::span(result).subspan(begin * trees);
    for (std::size_t tree = 0; tree < trees; ++tree) trees_->find_leaves(tree, rows, leaves, trees);
  });
  return result;
}

}  // namespace cartwheel::tree
