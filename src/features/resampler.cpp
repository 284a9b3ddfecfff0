#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/resampler.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "core/philox.hpp"
#include "features/model_input.hpp"

namespace cartwheel {
namespace {

/// `wanted` of `all` things in order, each set of them as likely as any other (Knuth, "The Art of Computer
/// Programming", volume 2, algorithm S).
class Selection {
 public:
  Selection(core::RandomStream random, std::uint32_t all, std::uint32_t wanted)
      : random_(random), left_(all), wanted_(wanted) {}
  /// Whether the next thing is among them.
  bool take_next() {
    const bool taken = random_.below(left_--) < wanted_;
    wanted_ -= taken ? 1 : 0;
    return taken;
  }

 private:
  core::RandomStream random_;
  std::uint32_t left_, wanted_;
};

}  // namespace

Resampler Resampler::fit(std::span<const std::uint8_t> y, const ResamplerOptions& options) {
  if (!(options.ratio > 0.0 && options.ratio <= 1.0))
    throw ParameterError(fmt::format("ratio is {}; it must be above 0 and at most 1", options.ratio));
  Resampler step;
  step.options_ = options;
  const std::size_t positives = features::check_labels(y, y.size()), negatives = y.size() - positives;
  step.smaller_ = positives <= negatives ? 1 : 0;
  const auto smaller = static_cast<double>(std::min(positives, negatives));
  const auto larger = static_cast<double>(std::max(positives, negatives));
  if (smaller / larger >= options.ratio) return step;
  // How often the smaller class is raised against the larger one, with what rounding to whole rows leaves.
  double raised = 1.0;
  if (options.strategy == Resampling::under) {
    step.wanted_ = static_cast<std::uint32_t>(std::round(smaller / options.ratio));
    raised = larger / step.wanted_;
  } else {
    step.wanted_ = static_cast<std::uint32_t>(std::round(larger * options.ratio));
    raised = step.wanted_ / smaller;
  }
  step.odds_factor_ = step.smaller_ == 1 ? 1.0 / raised : raised;
  return step;
}

std::vector<std::uint32_t> Resampler::rows(std::span<const std::uint8_t> y) const {
  std::vector<std::uint32_t> times(y.size(), 1);
  const core::RandomStream random(options_.seed, core::RandomPurpose::resample);
  const auto smaller_rows = static_cast<std::uint32_t>(std::ranges::count(y, smaller_));
  if (wanted_ > 0 && options_.strategy == Resampling::under) {
    Selection selection(random, static_cast<std::uint32_t>(y.size()) - smaller_rows, wanted_);
    for (std::size_t row = 0; row < y.size(); ++row)
      if (y[row] != smaller_) times[row] = selection.take_next() ? 1 : 0;
  } else if (wanted_ > 0) {
    std::vector<std::uint32_t> places;
    for (std::uint32_t row = 0; row < y.size(); ++row)
      if (y[row] == smaller_) places.push_back(row);
    core::RandomStream draws = random;
    for (std::uint32_t i = smaller_rows; i < wanted_; ++i) ++times[places[draws.below(smaller_rows)]];
  }
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < y.size(); ++row) rows.insert(rows.end(), times[row], row);
  return rows;
}

void Resampler::correct(std::span<double> probability) const {
  if (odds_factor_ == 1.0) return;
  for (double& p : probability) p = odds_factor_ * p / (odds_factor_ * p + (1.0 - p));
}

void Resampler::write(core::ByteWriter& out) const {
  out.put(static_cast<std::uint8_t>(options_.strategy));
  out.put(options_.ratio);
  out.put(options_.seed);
  out.put(smaller_);
  out.put(wanted_);
  out.put(odds_factor_);
}

Resampler Resampler::read(core::ByteReader& in) {
  Resampler step;
  const auto strategy = in.get<std::uint8_t>();
  step.options_.strategy = static_cast<Resampling>(strategy);
  step.options_.ratio = in.get<double>();
  step.options_.seed = in.get<std::uint64_t>();
  step.smaller_ = in.get<std::uint8_t>();
  step.wanted_ = in.get<std::uint32_t>();
  step.odds_factor_ = in.get<double>();
  if (strategy > static_cast<std::uint8_t>(Resampling::over) || step.smaller_ > 1 ||
      !(step.options_.ratio > 0.0 && step.options_.ratio <= 1.0) ||
      !(step.odds_factor_ > 0.0 && std::isfinite(step.odds_factor_)))
    in.fail("the resampling step holds values out of range");
  return step;
}

}  // namespace cartwheel
