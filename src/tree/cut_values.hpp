#pragma once

#include <cstdint>

#include "core/host_device.hpp"

namespace cartwheel::tree {

/// Where a bin ends that begins with distinct value `begin` of a column, on either device. A bin aims at an equal share
/// of the rows not yet taken, and ends before the next value if that comes nearer to the aim; so a heavy value does not
/// swallow its neighbours.
/// @param size  distinct values. @param bins_left  that may still be made, this one included.
/// @param rows_before  (value): rows of smaller values; of all rows for `size`. @return the first value of the next
/// bin.
template <class RowsBefore>
CARTWHEEL_HD std::uint64_t end_of_bin(std::uint64_t begin, std::uint64_t size, std::uint64_t bins_left,
                                      const RowsBefore& rows_before) {
  if (bins_left == 1) return size;
  if (size - begin <= bins_left) return begin + 1;
  const std::uint64_t first = rows_before(begin), rows_left = rows_before(size) - first;
  // With r rows in the bin and n in the next value, r + n is nearer to the aim than r where 2r + n < 2 * aim; that is
  // so for all values up to some one. As many values must be left as there are other bins.
  std::uint64_t low = begin + 1, high = size - bins_left + 1;
  while (low < high) {
    const std::uint64_t end = low + (high - low) / 2;
    const std::uint64_t both = rows_before(end) + rows_before(end + 1) - 2 * first;
    if (both * bins_left < 2 * rows_left)
      low = end + 1;
    else
      high = end;
  }
  return low;
}

}  // namespace cartwheel::tree
