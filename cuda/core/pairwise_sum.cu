#include "core/launch.cuh"
#include "core/pairwise_sum.hpp"

namespace cartwheel::core {

namespace {

constexpr unsigned threads = 256;

/// One block a row, all levels in place: a step reads places 2i and 2i + 1 of a stretch before anyone writes place i,
/// and later stretches lie behind what was written.
__global__ void __launch_bounds__(threads) add_rows(double* table, std::size_t parts, double* out) {
  double* const row = table + std::size_t{blockIdx.x} * parts;
  for (std::size_t n = parts; n > 1; n = (n + 1) / 2) {
    const std::size_t next = (n + 1) / 2;
    for (std::size_t begin = 0; begin < next; begin += threads) {
      const std::size_t i = begin + threadIdx.x;
      double sum = 0.0;
      if (i < next) sum = 2 * i + 1 < n ? row[2 * i] + row[2 * i + 1] : row[2 * i];
      __syncthreads();
      if (i < next) row[i] = sum;
      __syncthreads();
    }
  }
  if (threadIdx.x == 0) out[blockIdx.x] = parts > 0 ? row[0] : 0.0;
}

}  // namespace

void add_pairwise_on_device(double* table, std::size_t rows, std::size_t parts, double* out) {
  launch("adding up tiles", add_rows, blocks_for(rows, 1), threads, 0, table, parts, out);
}

}  // namespace cartwheel::core
