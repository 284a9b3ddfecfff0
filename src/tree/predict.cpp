#include "tree/predict.hpp"

#include <fmt/format.h>

#include <array>
#include <cartwheel/error.hpp>

namespace cartwheel::tree {

std::vector<double> Predictor::mean_probability(const RowValues& x) const {
  std::vector<double> result(x.rows());
  rows_.for_each_block(x, [&](std::size_t begin, std::span<const float> rows) {
    const std::span<double> sums = std::span(result).subspan(begin, rows.size() / rows_.stride());
    for (std::size_t tree = 0; tree < trees_->size(); ++tree) trees_->add_probabilities(tree, rows, sums);
    for (double& sum : sums) sum /= static_cast<double>(trees_->size());
  });
  return result;
}

double Predictor::mean_probability(std::span<const float> values) const {
  if (values.size() != rows_.columns())
    throw DataError(fmt::format("the row has {} values; the fit had {} columns", values.size(), rows_.columns()));
  std::array<float, 512> few;  // no allocation for a row of up to 255 columns
  std::vector<float> many(rows_.stride() > few.size() ? rows_.stride() : 0);
  const auto row = many.empty() ? std::span(few).first(rows_.stride()) : std::span(many);
  rows_.fill(values, row);
  return trees_->sum_probabilities(row) / static_cast<double>(trees_->size());
}

std::vector<std::uint32_t> Predictor::leaves(const RowValues& x) const {
  std::vector<std::uint32_t> result(x.rows() * trees_->size());
  rows_.for_each_block(x, [&](std::size_t begin, std::span<const float> rows) {
    const std::span<std::uint32_t> leaves = std::span(result).subspan(begin * trees_->size());
    for (std::size_t tree = 0; tree < trees_->size(); ++tree) trees_->find_leaves(tree, rows, leaves);
  });
  return result;
}

}  // namespace cartwheel::tree
