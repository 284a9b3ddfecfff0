#include "tree/few_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tree/sort_rows.hpp"

namespace cartwheel::tree {
namespace {

/// Numbers the distinct keys in order of their first appearance: an open table, at most a quarter full.
class KeyNumbers {
 public:
  static constexpr std::uint16_t none = 0xffff;

  KeyNumbers() { numbers_.fill(none); }

  /// @return none if the key would be one too many.
  std::uint16_t number(std::uint32_t key) {
    std::uint32_t slot = (key * 0x9e3779b1u) >> (32 - slot_bits);  // Fibonacci hashing
    while (numbers_[slot] != none) {
      if (keys_[slot] == key) return numbers_[slot];
      slot = (slot + 1) % slots;
    }
    if (distinct_.size() == FewValues::most) return none;
    keys_[slot] = key;
    numbers_[slot] = static_cast<std::uint16_t>(distinct_.size());
    distinct_.push_back(key);
    return numbers_[slot];
  }

  std::span<const std::uint32_t> distinct() const { return distinct_; }

 private:
  static constexpr std::uint32_t slot_bits = 10, slots = 1u << slot_bits;

  std::array<std::uint32_t, slots> keys_;
  std::array<std::uint16_t, slots> numbers_;
  std::vector<std::uint32_t> distinct_;
};

}  // namespace

std::optional<FewValues> find_few_values(std::span<const float> column, std::span<std::uint16_t> places) {
  KeyNumbers keys;
  std::array<std::uint32_t, FewValues::most + 1> rows{};  // by number; the last is that of missing values
  float last_value = 0.0f;
  std::uint16_t last_number = KeyNumbers::none;
  std::size_t run = 0;  // where the run of one value began: runs are common, as is one value in most rows
  for (std::size_t row = 0; row < column.size(); ++row) {
    const float value = column[row];
    if (value != last_value || row == 0) {
      if (row > 0) rows[last_number] += static_cast<std::uint32_t>(row - run);
      run = row;
      if (std::isinf(value)) return std::nullopt;
      last_number = std::isnan(value) ? static_cast<std::uint16_t>(FewValues::most) : keys.number(sort_key(value));
      if (last_number == KeyNumbers::none) return std::nullopt;
      last_value = value;
    }
    places[row] = last_number;
  }
  if (!column.empty()) rows[last_number] += static_cast<std::uint32_t>(column.size() - run);

  const std::span<const std::uint32_t> distinct = keys.distinct();
  std::vector<std::uint16_t> order(distinct.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::ranges::sort(order, {}, [&](std::uint16_t number) { return distinct[number]; });
  FewValues result;
  std::array<std::uint16_t, FewValues::most + 1> place_of{};
  place_of[FewValues::most] = static_cast<std::uint16_t>(order.size());
  for (const std::uint16_t number : order) {
    place_of[number] = static_cast<std::uint16_t>(result.values.size());
    result.values.push_back({value_of_key(distinct[number]), rows[number]});
  }
  for (std::uint16_t& place : places) place = place_of[place];
  return result;
}

}  // namespace cartwheel::tree
