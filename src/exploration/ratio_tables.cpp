#include "exploration/ratio_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace cartwheel::exploration {
namespace {

/// Deeper paths than this are made by accident.
constexpr std::size_t most_levels = 8;

using NamedCounts = std::pair<std::string_view, SalesCounts>;

RatioTable make_table(std::string name, std::vector<NamedCounts> counts, std::uint64_t min_views) {
  RatioTable table{std::move(name), {}, 0};
  const std::size_t all = counts.size();
  std::erase_if(counts, [&](const NamedCounts& entry) { return entry.second.views < min_views; });
  table.left_out = all - counts.size();
  std::ranges::sort(counts, [](const NamedCounts& a, const NamedCounts& b) {
    return a.second.views != b.second.views ? a.second.views > b.second.views : a.first < b.first;
  });
  table.rows.reserve(counts.size());
  for (const auto& [text, sales] : counts)
    table.rows.push_back({std::string(text), sales.views, sales.carts, sales.purchases});
  return table;
}

/// Those that occur; the missing value is in the dictionary whether it does or not.
std::vector<NamedCounts> named(const Dictionary& names, const std::vector<SalesCounts>& counts, bool missing_occurs) {
  std::vector<NamedCounts> result;
  for (std::size_t code = missing_occurs ? 0 : 1; code < counts.size(); ++code)
    result.emplace_back(names[static_cast<Code>(code)], counts[code]);
  return result;
}

}  // namespace

std::string_view path_prefix(std::string_view path, std::size_t level) {
  const char separator = path.find('/') != std::string_view::npos ? '/' : '.';
  while (path.ends_with(separator)) path.remove_suffix(1);
  std::size_t end = 0;
  for (std::size_t part = 0; part < level; ++part) {
    if (part > 0 && end == path.size()) return {};
    end = std::min(path.find(separator, part == 0 ? 0 : end + 1), path.size());
  }
  return path.substr(0, end);
}

std::vector<RatioTable> ratio_tables(const EventLog& log, const EventCounts& counts, std::uint64_t min_views) {
  const std::vector<NamedCounts> categories = named(log.category_codes(), counts.categories, counts.missing[2] > 0);
  std::vector<RatioTable> tables;
  tables.push_back(make_table("category", categories, min_views));
  for (std::size_t level = 1; level <= most_levels; ++level) {
    std::map<std::string_view, SalesCounts> sums;
    for (const auto& [path, sales] : categories)
      if (const std::string_view prefix = path_prefix(path, level); !prefix.empty()) sums[prefix] += sales;
    if (sums.empty()) break;
    tables.push_back(make_table(fmt::format("category_level_{}", level), {sums.begin(), sums.end()}, min_views));
  }
  tables.push_back(make_table("brand", named(log.brands(), counts.brands, counts.missing[3] > 0), min_views));
  tables.push_back(make_table("product", named(log.products(), counts.products, counts.missing[0] > 0), min_views));
  return tables;
}

}  // namespace cartwheel::exploration
