#pragma once

#include <cartwheel/feature_group.hpp>
#include <cstddef>
#include <cstdint>

#include "core/host_device.hpp"
#include "core/math.hpp"
#include "features/float_columns.hpp"
#include "features/prior_counts.hpp"

namespace cartwheel::features {

/// The spaces of keys that priors are kept for; see PriorKeys.
struct PriorSpaces {
  static constexpr std::size_t most = 16;
  std::size_t size;     ///< At most `most`.
  std::size_t levels;   ///< The first so many hold the levels of the category path, which the others fall back on.
  std::size_t product;  ///< The space of products.
  const double* m;      ///< [size] strength of the smoothing.

  /// Mean and greatest prior of each space, and the popularity of products.
  CARTWHEEL_HD std::size_t columns() const { return 2 * size + 1; }
};

/// Mean and greatest of some numbers; NaN is none.
struct NumberSummary {
  double sum = 0.0, greatest = 0.0;
  std::size_t count = 0;

  CARTWHEEL_HD void add(double value) {
    if (value != value) return;
    if (count == 0 || greatest < value) greatest = value;
    sum += value;
    ++count;
  }
  CARTWHEEL_HD float mean() const {
    return count == 0 ? missing_value : static_cast<float>(sum / static_cast<double>(count));
  }
  CARTWHEEL_HD float max() const { return count == 0 ? missing_value : static_cast<float>(greatest); }
};

/// Sets a row of the columns of priors, on either device. The prior of an event in a space is (targets + m * base) /
/// (views + m) of its key, where `base` is the rate of all events; a key without counts has the prior of its category's
/// path, from its last level to the first, and then the base rate. NaN for a missing key, and while there are no views.
/// @param all  the counts of all events. @param counts_of  (space, place, counts): sets the counts of the key of the
/// event at that place of the session table; returns false if it is missing.
template <class CountsOf, class Out>
CARTWHEEL_HD void set_prior_row(const PriorSpaces& spaces, const WindowRows::Window& window, const PriorCounts& all,
                                const CountsOf& counts_of, std::size_t row, Out& out) {
  NumberSummary summaries[PriorSpaces::most], popularity;
  const double base = base_rate(all);
  for (std::size_t place = window.begin; place < window.begin + window.count; ++place) {
    double of_category = base;
    for (std::size_t space = 0; space < spaces.size; ++space) {
      PriorCounts counts;
      if (!counts_of(space, place, counts)) continue;
      const double prior = counts.none() ? of_category : smoothed_ratio(counts, spaces.m[space], base);
      if (space < spaces.levels) of_category = prior;
      summaries[space].add(prior);
      if (space == spaces.product && all.views != 0.0)
        popularity.add(core::log1p(10'000.0 * (counts.views / all.views)));
    }
  }
  for (std::size_t space = 0; space < spaces.size; ++space) {
    out(2 * space, row) = summaries[space].mean();
    out(2 * space + 1, row) = summaries[space].max();
  }
  out(2 * spaces.size, row) = popularity.mean();
}

}  // namespace cartwheel::features
