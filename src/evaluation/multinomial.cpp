#include "evaluation/multinomial.hpp"

#include <algorithm>
#include <numeric>

#include "core/math.hpp"

namespace cartwheel::evaluation {
namespace {

/// log n!: a sum for small n, else Stirling's series, whose first term left out is below 1e-13.
double log_factorial(std::uint64_t n) {
  const auto x = static_cast<double>(n);
  if (n < 16) {
    double product = 1.0;
    for (double factor = 2.0; factor <= x; factor += 1.0) product *= factor;
    return core::log(product);
  }
  constexpr double half_log_two_pi = 0.91893853320467274178;
  const double inverse = 1.0 / x, square = inverse * inverse;
  const double tail = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
  return (x + 0.5) * core::log(x) - x + half_log_two_pi + tail;
}

}  // namespace

std::uint64_t draw_binomial(core::RandomStream& random, std::uint64_t n, double p) {
  if (n == 0 || p <= 0.0) return 0;
  if (p >= 1.0) return n;
  // Inversion that starts at the most likely count and walks outwards on both sides, where nearly all of the mass is.
  const double odds = p / (1.0 - p);
  const std::uint64_t mode = std::min(n, static_cast<std::uint64_t>((static_cast<double>(n) + 1.0) * p));
  const double at_mode =
      core::exp(log_factorial(n) - log_factorial(mode) - log_factorial(n - mode) +
                static_cast<double>(mode) * core::log(p) + static_cast<double>(n - mode) * core::log1p(-p));
  double rest = random.uniform() - at_mode;
  if (rest < 0.0) return mode;
  std::uint64_t low = mode, high = mode;
  double at_low = at_mode, at_high = at_mode;
  while (at_low > 0.0 || at_high > 0.0) {
    // The ratios of neighbouring probabilities; 0 beyond n and below 0.
    at_high *= static_cast<double>(n - high) / (static_cast<double>(high) + 1.0) * odds;
    high += high < n;
    rest -= at_high;
    if (rest < 0.0) return high;
    at_low *= static_cast<double>(low) / ((static_cast<double>(n - low) + 1.0) * odds);
    low -= low > 0;
    rest -= at_low;
    if (rest < 0.0) return low;
  }
  return mode;  // rounding left a sliver of the unit interval over
}

void draw_multinomial(core::RandomStream& random, std::span<const std::uint64_t> weight, std::span<std::uint64_t> out) {
  std::uint64_t weight_left = std::accumulate(weight.begin(), weight.end(), std::uint64_t{0});
  std::uint64_t rows_left = weight_left;
  for (std::size_t cell = 0; cell < weight.size(); ++cell) {
    // Each cell takes its share of what the cells before it have left.
    const double share = weight_left == 0 ? 0.0 : static_cast<double>(weight[cell]) / static_cast<double>(weight_left);
    out[cell] = draw_binomial(random, rows_left, share);
    rows_left -= out[cell];
    weight_left -= weight[cell];
  }
}

}  // namespace cartwheel::evaluation
