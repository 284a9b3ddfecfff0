#include <algorithm>
#include <bit>

#include "linear/design_on_device.cuh"

namespace cartwheel::linear {

namespace {

/// Bytes of a tile, at most: a column of mostly one value has another in at most 1/8 of its rows.
std::size_t bytes_of_tile(const Design& design) {
  constexpr std::size_t bits_of_byte = 8;
  return core::tile_rows * (design.dense.size() * sizeof(float) + design.two_valued.size() / bits_of_byte + 1 +
                            design.mostly_one.size() * (sizeof(std::uint32_t) + sizeof(float)) / bits_of_byte);
}

}  // namespace

DesignOnDevice::DesignOnDevice(const Design& design) : design_(design) {
  view_.rows = design.rows;
  view_.tiles = core::tiles_of(design.rows);
  view_.dense = static_cast<std::uint32_t>(design.dense.size());
  view_.two_valued = static_cast<std::uint32_t>(design.two_valued.size());
  view_.mostly_one = static_cast<std::uint32_t>(design.mostly_one.size());
  std::vector<double> numbers;
  for (const TwoValued& column : design.two_valued) numbers.push_back(column.low);
  for (const TwoValued& column : design.two_valued) numbers.push_back(column.high);
  for (const MostlyOne& column : design.mostly_one) numbers.push_back(column.usual);
  numbers.insert(numbers.end(), design.centre.begin(), design.centre.end());
  numbers_ = {std::span<const double>(numbers), "centres"};
  view_.low = numbers_.data();
  view_.high = view_.low + design.two_valued.size();
  view_.usual = view_.high + design.two_valued.size();
  view_.centre = view_.usual + design.mostly_one.size();
  tiles_a_block_ = std::bit_ceil(std::max<std::size_t>(view_.tiles, 1));
  const std::size_t room = core::DeviceContext::get().free_memory() / 2;
  while (tiles_a_block_ > 1 && std::min(tiles_a_block_, view_.tiles) * bytes_of_tile(design) > room)
    tiles_a_block_ /= 2;
}

const DesignView& DesignOnDevice::block(std::size_t number) {
  const std::size_t first_tile = number * tiles_a_block_;
  if (view_.tile_count == 0 || view_.first_tile != first_tile) send(first_tile);
  return view_;
}

void DesignOnDevice::send(std::size_t first_tile) {
  view_.first_tile = first_tile;
  view_.tile_count = std::min(tiles_a_block_, view_.tiles - first_tile);
  view_.first_row = first_tile * core::tile_rows;
  view_.row_count = std::min(view_.rows, (first_tile + view_.tile_count) * core::tile_rows) - view_.first_row;
  view_.words = (view_.row_count + 63) / 64;
  floats_ = {};  // what was there makes room first
  bits_ = {};
  floats_ = {view_.dense * view_.row_count, "dense columns"};
  for (std::size_t j = 0; j < view_.dense; ++j)
    floats_.set(design_.dense[j].subspan(view_.first_row, view_.row_count), j * view_.row_count);
  bits_ = {view_.two_valued * view_.words, "columns of two values"};
  for (std::size_t j = 0; j < view_.two_valued; ++j)
    bits_.set(design_.two_valued[j].words.subspan(view_.first_row / 64, view_.words), j * view_.words);
  send_unusual();
  view_.floats = floats_.data();
  view_.bits = bits_.data();
}

void DesignOnDevice::send_unusual() {
  std::vector<std::uint32_t> rows;
  std::vector<float> values;
  std::vector<std::uint64_t> begin;
  for (const MostlyOne& column : design_.mostly_one) {
    const auto tiles = std::span(column.tiles).subspan(view_.first_tile, view_.tile_count + 1);
    for (const std::uint32_t offset : tiles) begin.push_back(rows.size() + offset - tiles.front());
    const auto of_block = [&](const auto& all) { return all.subspan(tiles.front(), tiles.back() - tiles.front()); };
    const auto own_rows = of_block(column.rows);
    const auto own_values = of_block(column.values);
    rows.insert(rows.end(), own_rows.begin(), own_rows.end());
    values.insert(values.end(), own_values.begin(), own_values.end());
  }
  rows_ = {};
  values_ = {};
  rows_ = {std::span<const std::uint32_t>(rows), "rows of unusual values"};
  values_ = {std::span<const float>(values), "unusual values"};
  begin_ = {std::span<const std::uint64_t>(begin), "tiles of unusual values"};
  view_.row = rows_.data();
  view_.value = values_.data();
  view_.begin = begin_.data();
}

}  // namespace cartwheel::linear
