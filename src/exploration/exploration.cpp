#include <cartwheel/error.hpp>
#include <cartwheel/exploration.hpp>
#include <cmath>
#include <numeric>
#include <string>

namespace cartwheel {
namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void ExploreOptions::check() const {
  sessions.check();
  if (sizes < 1 || sizes > 1000)
    throw ParameterError("sizes is " + std::to_string(sizes) + "; it must be in [1, 1000]");
}

std::optional<double> LabelBalance::rate() const { return share(positives, sessions - incomplete); }

std::optional<double> RatioRow::cart_ratio() const { return share(cart_count, view_count); }

std::optional<std::array<double, 2>> RatioRow::interval() const {
  if (view_count == 0 || cart_count > view_count) return {};
  constexpr double z = 1.959963984540054, z2 = z * z;  // the normal distribution's 97.5% point
  const auto trials = static_cast<double>(view_count);
  const double ratio = static_cast<double>(cart_count) / trials;
  const double scale = 1.0 / (1.0 + z2 / trials);
  const double middle = (ratio + z2 / (2.0 * trials)) * scale;
  const double half = z * scale * std::sqrt(ratio * (1.0 - ratio) / trials + z2 / (4.0 * trials * trials));
  return std::array{std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::uint64_t Season::event_count() const { return std::accumulate(events.begin(), events.end(), std::uint64_t{0}); }

std::optional<double> Season::label_rate() const { return share(positives, labelled); }

}  // namespace cartwheel
