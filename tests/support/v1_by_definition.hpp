#pragma once

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

namespace cartwheel::test {

/// The columns of V1 as they are defined, with sets and plain floating point; for times from 1970 on.
inline std::vector<double> v1_by_definition(const SessionTable& sessions, std::size_t row, std::size_t session_size) {
  const auto k = static_cast<std::size_t>(sessions.options.size);
  const std::size_t events = std::min<std::size_t>(sessions.event_count[row], session_size);
  std::vector<double> prices;
  std::vector<std::set<Code>> different(4);
  std::vector<double> counts(4);
  for (std::size_t i = row * k; i < row * k + events; ++i) {
    if (sessions.price[i] != missing_price) prices.push_back(static_cast<double>(sessions.price[i]) / 10'000.0);
    const Code codes[] = {sessions.category_code[i], sessions.category_id[i], sessions.brand[i], sessions.product[i]};
    for (std::size_t c = 0; c < 4; ++c)
      if (codes[c] != missing_code) {
        different[c].insert(codes[c]);
        ++counts[c];
      }
  }
  const auto n = static_cast<double>(prices.size());
  const double mean = prices.empty() ? 0.0 : std::accumulate(prices.begin(), prices.end(), 0.0) / n;
  double squares = 0.0;
  for (const double price : prices) squares += (price - mean) * (price - mean);
  const auto nunique = [&](std::size_t c) { return static_cast<double>(different[c].size()); };
  const auto ratio = [&](std::size_t c) { return counts[c] == 0.0 ? 0.0 : nunique(c) / counts[c]; };
  const std::int64_t hours = sessions.start[row] / 3'600'000'000;
  return {static_cast<double>(events),
          static_cast<double>((hours / 24 + 3) % 7),
          static_cast<double>(hours % 24),
          mean,
          n < 2.0 ? 0.0 : std::sqrt(squares / (n - 1.0)),
          nunique(0),
          counts[0],
          nunique(1),
          counts[1],
          nunique(2),
          counts[2],
          nunique(3),
          ratio(0),
          ratio(2),
          nunique(3) / static_cast<double>(session_size)};
}

}  // namespace cartwheel::test
