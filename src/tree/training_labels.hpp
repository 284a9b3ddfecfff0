#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tree/cell.hpp"

namespace cartwheel::tree {

/// Counts the labels. @throws DataError unless there is one label a row, each 0 or 1, and both occur.
Counts check_labels(std::span<const std::uint8_t> labels, std::size_t rows);

}  // namespace cartwheel::tree
