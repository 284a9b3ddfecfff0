#include "tree/training_labels.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>

namespace cartwheel::tree {

Counts check_labels(std::span<const std::uint8_t> labels, std::size_t rows) {
  if (labels.size() != rows)
    throw DataError(fmt::format("there are {} labels for {} rows; give one label a row", labels.size(), rows));
  if (rows == 0) throw DataError("there are no training rows; a model needs some of both classes");
  Counts counts{static_cast<std::uint32_t>(rows), 0};
  for (std::size_t row = 0; row < rows; ++row) {
    if (labels[row] > 1) throw DataError(fmt::format("the label of row {} is {}; labels are 0 or 1", row, labels[row]));
    counts.positives += labels[row];
  }
  if (counts.positives == 0 || counts.positives == counts.rows)
    throw DataError(fmt::format("all {} labels are {}; a model needs rows of both classes", rows, labels[0]));
  return counts;
}

}  // namespace cartwheel::tree
