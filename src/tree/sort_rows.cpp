#include "tree/sort_rows.hpp"

#include <array>
#include <cstddef>

namespace cartwheel::tree {
namespace {

constexpr std::uint32_t digit_bits = 11, passes = 3;
constexpr std::uint32_t digits = 1u << digit_bits;

std::uint32_t digit(std::uint32_t key, std::uint32_t pass) { return key >> (pass * digit_bits) & (digits - 1); }

}  // namespace

void sort_rows(std::vector<KeyedRow>& rows) {
  std::array<std::array<std::uint32_t, digits>, passes> counts{};
  for (const KeyedRow& row : rows)
    for (std::uint32_t pass = 0; pass < passes; ++pass) ++counts[pass][digit(row.key, pass)];
  std::vector<KeyedRow> sorted(rows.size());
  for (std::uint32_t pass = 0; pass < passes; ++pass) {
    std::uint32_t next = 0;  // becomes the place of each digit's first row
    for (std::uint32_t& count : counts[pass]) {
      const std::uint32_t first = next;
      next += count;
      count = first;
    }
    for (const KeyedRow& row : rows) sorted[counts[pass][digit(row.key, pass)]++] = row;
    rows.swap(sorted);
  }
}

}  // namespace cartwheel::tree
