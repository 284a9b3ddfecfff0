#include "features/category_medians.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "core/parallel.hpp"

namespace cartwheel::features {
namespace {

/// The middle one, or the mean of the two in the middle; NaN of none. Reorders `prices`.
double median_of(std::span<std::int64_t> prices) {
  if (prices.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = prices.begin() + static_cast<std::ptrdiff_t>(prices.size() / 2);
  std::ranges::nth_element(prices, middle);
  const auto upper = static_cast<double>(*middle);
  if (prices.size() % 2 == 1) return upper;
  return (static_cast<double>(*std::max_element(prices.begin(), middle)) + upper) / 2.0;
}

}  // namespace

CategoryMedians CategoryMedians::fit(const EventLog& log, std::int64_t train_end) {
  const CategoryPaths paths(log.category_codes(), category_levels);
  std::vector<std::int64_t> prices;
  std::vector<Code> codes;
  for (std::size_t row = 0; row < log.size(); ++row) {
    if (log.time()[row] > train_end || log.price()[row] == missing_price) continue;
    prices.push_back(log.price()[row]);
    codes.push_back(log.category_code()[row]);
  }
  CategoryMedians medians;
  medians.levels_.resize(category_levels);
  core::parallel_for(category_levels, [&](std::size_t level) {
    // Prices sorted by path, by counting.
    std::vector<std::size_t> end(paths.size());
    for (const Code code : codes) ++end[paths.path(code, level)];
    std::size_t sum = 0;
    for (std::size_t& place : end) sum += std::exchange(place, sum);
    std::vector<std::int64_t> sorted(prices.size());
    for (std::size_t i = 0; i < prices.size(); ++i) sorted[end[paths.path(codes[i], level)]++] = prices[i];

    std::vector<std::pair<std::string_view, double>> found;
    for (std::uint32_t path = 1; path < paths.size(); ++path)
      if (end[path] > end[path - 1])
        found.emplace_back(paths.text(path),
                           median_of(std::span(sorted).subspan(end[path - 1], end[path] - end[path - 1])));
    std::ranges::sort(found);
    for (const auto& [path, median] : found) {
      medians.levels_[level].paths.emplace_back(path);
      medians.levels_[level].medians.push_back(median);
    }
  });
  medians.all_ = median_of(prices);
  return medians;
}

std::vector<double> CategoryMedians::of_codes(const EventLog& log) const {
  const CategoryPaths paths(log.category_codes(), category_levels);
  std::vector<double> medians(log.category_codes().size(), all_);
  core::parallel_for_blocks(medians.size(), 1024, [&](std::size_t begin, std::size_t end) {
    for (Code code = static_cast<Code>(std::max<std::size_t>(begin, 1)); code < end; ++code)
      for (std::size_t level = category_levels; level-- > 0;) {
        const auto& [known, values] = levels_[level];
        const std::string_view path = paths.text(paths.path(code, level));
        const auto found = std::ranges::lower_bound(known, path);
        if (found == known.end() || *found != path) continue;
        medians[code] = values[static_cast<std::size_t>(found - known.begin())];
        break;
      }
  });
  return medians;
}

void CategoryMedians::write(core::ByteWriter& out) const {
  out.put(all_);
  for (const Level& level : levels_) {
    out.put(static_cast<std::uint64_t>(level.paths.size()));
    for (std::size_t i = 0; i < level.paths.size(); ++i) {
      out.put_string(level.paths[i]);
      out.put(level.medians[i]);
    }
  }
}

CategoryMedians CategoryMedians::read(core::ByteReader& in) {
  const auto is_price = [](double price) {
    return price >= -static_cast<double>(largest_price) && price <= static_cast<double>(largest_price);
  };
  CategoryMedians medians;
  medians.all_ = in.get<double>();
  if (medians.all_ == medians.all_ && !is_price(medians.all_)) in.fail("a median is no price");
  medians.levels_.resize(category_levels);
  for (auto& [paths, values] : medians.levels_) {
    const auto size = in.get<std::uint64_t>();
    if (size > in.remaining() / (sizeof(std::uint64_t) + sizeof(double))) in.fail("there are too many medians");
    for (std::uint64_t i = 0; i < size; ++i) {
      paths.emplace_back(in.get_string());
      if (i > 0 && paths[i - 1] >= paths[i]) in.fail("the categories of medians are not sorted");
      values.push_back(in.get<double>());
      if (!is_price(values.back())) in.fail("a median is no price");
    }
  }
  return medians;
}

}  // namespace cartwheel::features
