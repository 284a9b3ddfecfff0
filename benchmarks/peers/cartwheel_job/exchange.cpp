#include "exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

namespace cartwheel_job {
namespace {

constexpr std::size_t rows_per_block = 4096;

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw cartwheel::DataError(fmt::format("{}: cannot be read", path.string()));
  return file;
}

}  // namespace

cartwheel::FeatureMatrix read_matrix(const std::filesystem::path& path, std::size_t columns) {
  const std::size_t rows = std::filesystem::file_size(path) / (columns * sizeof(float));
  std::ifstream file = open(path);
  std::vector<cartwheel::FloatColumn> data(columns, {std::vector<float>(rows)});
  std::vector<float> block(rows_per_block * columns);
  for (std::size_t begin = 0; begin < rows; begin += rows_per_block) {
    const std::size_t height = std::min(rows_per_block, rows - begin);
    file.read(reinterpret_cast<char*>(block.data()), static_cast<std::streamsize>(height * columns * sizeof(float)));
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t i = 0; i < height; ++i) data[j].values[begin + i] = block[i * columns + j];
  }
  cartwheel::FeatureMatrix x(rows);
  for (std::size_t j = 0; j < columns; ++j) x.add(std::to_string(j), std::move(data[j]));
  return x;
}

void write_matrix(const std::filesystem::path& path, const cartwheel::FeatureMatrix& x) {
  std::vector<float> cells(x.rows() * x.columns()), column(x.rows());
  for (std::size_t j = 0; j < x.columns(); ++j) {
    x.copy_column(j, column);
    for (std::size_t i = 0; i < x.rows(); ++i) cells[i * x.columns() + j] = column[i];
  }
  write_array(path, cells);
}

std::vector<std::uint8_t> read_labels(const std::filesystem::path& path) {
  std::vector<std::uint8_t> labels(std::filesystem::file_size(path));
  open(path).read(reinterpret_cast<char*>(labels.data()), static_cast<std::streamsize>(labels.size()));
  return labels;
}

}  // namespace cartwheel_job
