#include <algorithm>
#include <bit>

#include "core/launch.cuh"
#include "features/float_columns_on_device.hpp"
#include "features/price_moments.hpp"
#include "features/v1_columns.hpp"
#include "features/window_columns.hpp"
#include "features/windows_on_device.hpp"

namespace cartwheel::features {

namespace {

using core::blocks_for;
using core::launch;
constexpr unsigned threads = 256, warp = 32;

/// A thread a row.
template <class Features>
__global__ void __launch_bounds__(threads)
    set_rows(const Features features, const WindowView windows, std::size_t rows, ColumnsOut out) {
  const std::size_t i = core::thread_number();
  if (i < rows) features(windows, i, out);
}

/// Sums over the neighbouring threads that share a row; all of them get the result. All threads of a warp call these.
__device__ std::int64_t sum_of_lanes(std::int64_t value, int lanes) {
  for (int distance = lanes / 2; distance > 0; distance /= 2)
    value += __shfl_xor_sync(0xffffffff, value, distance, lanes);
  return value;
}
__device__ WideInteger sum_of_lanes(WideInteger value, int lanes) {
  for (int distance = lanes / 2; distance > 0; distance /= 2) {
    const std::uint64_t low = __shfl_xor_sync(0xffffffff, static_cast<std::uint64_t>(value), distance, lanes);
    const std::int64_t high = __shfl_xor_sync(0xffffffff, static_cast<std::int64_t>(value >> 64), distance, lanes);
    value += static_cast<WideInteger>(high) << 64 | low;
  }
  return value;
}
__device__ std::int64_t least_of_lanes(std::int64_t value, int lanes) {
  for (int distance = lanes / 2; distance > 0; distance /= 2) {
    const std::int64_t other = __shfl_xor_sync(0xffffffff, value, distance, lanes);
    value = other < value ? other : value;
  }
  return value;
}

/// How many of a window's codes are there, and how many different ones.
struct CodeCounts {
  std::int64_t count, distinct;

  /// Each code against those before it; the lanes take codes in turn.
  __device__ CodeCounts(const Code* codes, std::size_t size, std::size_t lane, int lanes) : count(0), distinct(0) {
    for (std::size_t i = lane; i < size; i += static_cast<std::size_t>(lanes)) {
      bool is_new = codes[i] != missing_code;
      count += is_new ? 1 : 0;
      for (std::size_t j = 0; j < i; ++j) is_new &= codes[j] != codes[i];
      distinct += is_new ? 1 : 0;
    }
    count = sum_of_lanes(count, lanes);
    distinct = sum_of_lanes(distinct, lanes);
  }
  __device__ float ratio() const {
    return count == 0 ? 0.0f : static_cast<float>(static_cast<double>(distinct) / static_cast<double>(count));
  }
};

/// Extractor V1: `lanes` neighbouring threads a row, which reduce its window. What lies beyond a window's last event is
/// missing, so all windows are taken as full. @param lanes  a power of two up to 32.
__global__ void __launch_bounds__(threads)
    set_v1_rows(const WindowView windows, std::size_t rows, int lanes, ColumnsOut out) {
  const std::size_t number = core::thread_number() / static_cast<std::size_t>(lanes);
  const std::size_t lane = threadIdx.x % static_cast<unsigned>(lanes);
  const std::size_t i =
      number < rows ? number : rows - 1;  // those beyond the end repeat the last row: warps stay whole
  const std::size_t row = windows.rows[i], size = windows.session_size, begin = row * windows.stride;
  const std::int64_t* const price = windows.price + begin;
  std::int64_t count = 0, sum = 0, least = largest_price;
  for (std::size_t k = lane; k < size; k += static_cast<std::size_t>(lanes)) {
    if (price[k] == missing_price) continue;
    ++count;
    sum += price[k];
    least = price[k] < least ? price[k] : least;
  }
  count = sum_of_lanes(count, lanes);
  sum = sum_of_lanes(sum, lanes);
  least = least_of_lanes(least, lanes);
  std::int64_t sum_of_differences = 0;
  WideInteger sum_of_squares = 0;
  for (std::size_t k = lane; k < size; k += static_cast<std::size_t>(lanes)) {
    if (price[k] == missing_price) continue;
    const std::int64_t difference = price[k] - least;
    sum_of_differences += difference;
    sum_of_squares += static_cast<WideInteger>(difference) * difference;
  }
  sum_of_differences = sum_of_lanes(sum_of_differences, lanes);
  sum_of_squares = sum_of_lanes(sum_of_squares, lanes);
  const CodeCounts category_code(windows.category_code + begin, size, lane, lanes),
      category_id(windows.category_id + begin, size, lane, lanes), brand(windows.brand + begin, size, lane, lanes),
      product(windows.product + begin, size, lane, lanes);
  if (lane != 0 || number >= rows) return;
  const std::uint32_t events = windows.event_count[row];
  const double variance =
      static_cast<double>(count * sum_of_squares - static_cast<WideInteger>(sum_of_differences) * sum_of_differences);
  out(v1::event_count, i) = static_cast<float>(events < size ? events : size);
  out(v1::weekday, i) = static_cast<float>(core::weekday(windows.start[row]));
  out(v1::hour, i) = static_cast<float>(core::hour(windows.start[row]));
  out(v1::price_mean, i) = price_mean_of(count, sum);
  out(v1::price_std, i) = price_deviation_of(count, variance);
  out(v1::category_code_nunique, i) = static_cast<float>(category_code.distinct);
  out(v1::category_code_count, i) = static_cast<float>(category_code.count);
  out(v1::category_id_nunique, i) = static_cast<float>(category_id.distinct);
  out(v1::category_id_count, i) = static_cast<float>(category_id.count);
  out(v1::brand_nunique, i) = static_cast<float>(brand.distinct);
  out(v1::brand_count, i) = static_cast<float>(brand.count);
  out(v1::product_nunique, i) = static_cast<float>(product.distinct);
  out(v1::category_ratio, i) = category_code.ratio();
  out(v1::brand_ratio, i) = brand.ratio();
  out(v1::product_ratio, i) = static_cast<float>(static_cast<double>(product.distinct) / static_cast<double>(size));
}

/// Features whose pointers are to device memory; @param memory  owns it.
template <class Features>
Features on_device(const Features& features, core::DeviceBuffer<double>&) {
  return features;
}
PriceFeatures on_device(const PriceFeatures& features, core::DeviceBuffer<double>& memory) {
  memory = {std::span(features.medians, features.codes), "median prices"};
  return {memory.data(), features.codes};
}

}  // namespace

FeatureGroup::Columns window_columns_on_cuda(const WindowRows& windows, const WindowFeatures& features) {
  return std::visit(
      [&]<class Features>(const Features& of_row) {
        const WindowsOnDevice on_gpu(windows, Features::reads);
        core::DeviceBuffer<double> memory;
        const FloatColumnsOnDevice out(of_row.columns(), windows.size());
        launch("computing features of windows", set_rows<Features>, blocks_for(windows.size(), threads), threads, 0,
               on_device(of_row, memory), on_gpu.view(), windows.size(), out.view());
        return out.take();
      },
      features);
}

FeatureGroup::Columns v1_columns_on_cuda(const WindowRows& windows) {
  constexpr TableColumns reads{
      .start = true, .price = true, .product = true, .category_id = true, .category_code = true, .brand = true};
  const WindowsOnDevice on_gpu(windows, reads);
  const FloatColumnsOnDevice out(v1::feature_count, windows.size());
  const std::size_t lanes = std::bit_ceil(std::min<std::size_t>(windows.session_size, warp));
  launch("computing features V1", set_v1_rows, blocks_for(windows.size() * lanes, threads), threads, 0, on_gpu.view(),
         windows.size(), static_cast<int>(lanes), out.view());
  return out.take();
}

}  // namespace cartwheel::features
