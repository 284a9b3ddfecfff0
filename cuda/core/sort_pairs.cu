#include <cub/device/device_radix_sort.cuh>

#include "core/launch.cuh"
#include "core/sort_pairs.cuh"

// By itself, because CUB takes long to compile.
namespace cartwheel::core {

void sort_pairs(Pairs& pairs, int bits) {
  const std::size_t size = pairs.keys.size();
  if (size < 2 || bits == 0) return;
  DeviceBuffer<std::uint64_t> other_keys(size, "sorted keys");
  DeviceBuffer<std::uint32_t> other_values(size, "sorted rows");
  cub::DoubleBuffer<std::uint64_t> keys(pairs.keys.data(), other_keys.data());
  cub::DoubleBuffer<std::uint32_t> values(pairs.values.data(), other_values.data());
  run_cub("sorting", [&](void* memory, std::size_t& bytes, cudaStream_t stream) {
    return cub::DeviceRadixSort::SortPairs(memory, bytes, keys, values, static_cast<std::int64_t>(size), 0, bits,
                                           stream);
  });
  if (keys.selector == 1) std::swap(pairs.keys, other_keys);
  if (values.selector == 1) std::swap(pairs.values, other_values);
}

}  // namespace cartwheel::core
