#pragma once

#include <cstddef>

namespace cartwheel::core {

/// The sums of each row of a table in device memory, by core::add_pairwise's tree: out[i] = sum of
/// table[i * parts], ..., table[i * parts + parts - 1]. Overwrites `table`. One launch.
/// @param table  [rows x parts]; the sum of no parts is 0. @param out  device memory too.
void add_pairwise_on_device(double* table, std::size_t rows, std::size_t parts, double* out);

}  // namespace cartwheel::core
