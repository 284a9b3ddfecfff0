#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/calibration.hpp>
#include <cartwheel/error.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/math.hpp"
#include "core/tile_sum.hpp"
#include "evaluation/labelled_scores.hpp"

namespace cartwheel {
namespace {

constexpr double least_probability = 0x1p-52;  ///< Log-odds of 0 and 1 are cut here.

double log_odds(double probability) {
  const double p = std::clamp(probability, least_probability, 1.0 - least_probability);
  return core::log(p) - core::log1p(-p);
}

struct Line {
  double slope = 1.0, intercept = 0.0;
};

/// Logistic regression of soft targets on one number, by Newton's method with step halving.
class PlattFit {
 public:
  PlattFit(std::span<const std::uint8_t> y, std::span<const double> probability) : y_(y) {
    const auto positives = static_cast<double>(std::ranges::count(y, 1));
    const double negatives = static_cast<double>(y.size()) - positives;
    target_ = {1.0 / (negatives + 2.0), (positives + 1.0) / (positives + 2.0)};
    for (const double p : probability) x_.push_back(log_odds(p));
  }

  Line minimum() const {
    constexpr int most_steps = 100;
    constexpr double smallest_slope = 1e-14;  // of the objective along the step, for each row
    Line at;
    double value = loss(at);
    for (int step = 0; step < most_steps; ++step) {
      const Derivatives d = derivatives(at);
      const double determinant = d.hessian_aa * d.hessian_bb - d.hessian_ab * d.hessian_ab;
      if (!(determinant > 0.0)) break;
      const Line direction{-(d.hessian_bb * d.gradient_a - d.hessian_ab * d.gradient_b) / determinant,
                           -(d.hessian_aa * d.gradient_b - d.hessian_ab * d.gradient_a) / determinant};
      const double descent = d.gradient_a * direction.slope + d.gradient_b * direction.intercept;
      if (descent > -smallest_slope * static_cast<double>(y_.size())) break;
      double length = 1.0;
      Line next;
      double next_value = 0.0;
      for (;; length /= 2.0) {
        if (length < 1e-10) return at;
        next = {at.slope + length * direction.slope, at.intercept + length * direction.intercept};
        next_value = loss(next);
        if (next_value <= value + 1e-4 * length * descent) break;
      }
      at = next;
      value = next_value;
    }
    return at;
  }

 private:
  struct Derivatives {
    double gradient_a, gradient_b, hessian_aa, hessian_ab, hessian_bb;
  };

  double margin(const Line& at, std::size_t row) const { return at.slope * x_[row] + at.intercept; }

  double loss(const Line& at) const {
    return core::tile_sum(x_.size(), [&](std::size_t row) {
      const double m = margin(at, row);
      return core::softplus(m) - target_[y_[row]] * m;
    });
  }

  Derivatives derivatives(const Line& at) const {
    const auto error = [&](std::size_t row) { return core::sigmoid(margin(at, row)) - target_[y_[row]]; };
    const auto bend = [&](std::size_t row) {
      const double p = core::sigmoid(margin(at, row));
      return p * (1.0 - p);
    };
    const auto sum = [&](const auto& term) { return core::tile_sum(x_.size(), term); };
    // The smallest ridge keeps a column of equal log-odds from making the system singular.
    constexpr double ridge = 1e-12;
    return {sum([&](std::size_t row) { return error(row) * x_[row]; }), sum(error),
            sum([&](std::size_t row) { return bend(row) * x_[row] * x_[row]; }) + ridge,
            sum([&](std::size_t row) { return bend(row) * x_[row]; }), sum(bend) + ridge};
  }

  std::span<const std::uint8_t> y_;
  std::array<double, 2> target_{};
  std::vector<double> x_;
};

/// Neighbouring scores that share one value of the step function.
struct Block {
  double low, high;
  std::uint64_t rows, positives;
};

/// Pool adjacent violators (M. Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete
/// Information", 1955), on whole numbers.
std::vector<Block> pool(std::span<const std::uint8_t> y, std::span<const double> probability) {
  std::vector<evaluation::ScoreGroup> groups = evaluation::group_by_score(y, probability);
  std::ranges::reverse(groups);
  std::vector<Block> blocks;
  for (const auto& [score, positives, negatives] : groups) {
    blocks.push_back({score, score, positives + negatives, positives});
    while (blocks.size() > 1) {
      const Block last = blocks.back();
      Block& before = blocks[blocks.size() - 2];
      if (before.positives * last.rows < last.positives * before.rows) break;  // the shares increase
      before = {before.low, last.high, before.rows + last.rows, before.positives + last.positives};
      blocks.pop_back();
    }
  }
  return blocks;
}

}  // namespace

std::string_view name_of(CalibrationMethod method) {
  return method == CalibrationMethod::sigmoid ? "sigmoid" : "isotonic";
}

Calibration Calibration::fit(CalibrationMethod method, std::span<const std::uint8_t> y,
                             std::span<const double> probability) {
  evaluation::check_probabilities(y, probability);
  const auto positives = static_cast<std::size_t>(std::ranges::count(y, 1));
  if (positives == 0 || positives == y.size())
    throw DataError(fmt::format("calibration needs labels of both classes, but all {} are {}", y.size(), y[0]));
  Calibration result;
  result.method_ = method;
  if (method == CalibrationMethod::sigmoid) {
    const Line line = PlattFit(y, probability).minimum();
    result.slope_ = line.slope;
    result.intercept_ = line.intercept;
    return result;
  }
  for (const Block& block : pool(y, probability)) {
    const double value = static_cast<double>(block.positives) / static_cast<double>(block.rows);
    for (const double corner : {block.low, block.high}) {
      if (!result.from_.empty() && result.from_.back() == corner) continue;
      result.from_.push_back(corner);
      result.to_.push_back(value);
    }
  }
  return result;
}

void Calibration::apply(std::span<double> probability) const {
  for (double& p : probability) {
    if (method_ == CalibrationMethod::sigmoid) {
      p = core::sigmoid(slope_ * log_odds(p) + intercept_);
      continue;
    }
    const auto above = std::ranges::upper_bound(from_, p);
    const auto i = static_cast<std::size_t>(above - from_.begin());
    if (i == 0)
      p = to_.front();
    else if (i == from_.size())
      p = to_.back();
    else
      p = to_[i - 1] + (to_[i] - to_[i - 1]) * ((p - from_[i - 1]) / (from_[i] - from_[i - 1]));
  }
}

void Calibration::write(core::ByteWriter& out) const {
  out.put(static_cast<std::uint8_t>(method_));
  out.put(slope_);
  out.put(intercept_);
  out.put_array(std::span(from_));
  out.put_array(std::span(to_));
}

Calibration Calibration::read(core::ByteReader& in) {
  Calibration result;
  const auto method = in.get<std::uint8_t>();
  result.method_ = static_cast<CalibrationMethod>(method);
  result.slope_ = in.get<double>();
  result.intercept_ = in.get<double>();
  result.from_ = in.get_array<double>();
  result.to_ = in.get_array<double>();
  const auto is_probability = [](double p) { return p >= 0.0 && p <= 1.0; };
  const bool isotonic = result.method_ == CalibrationMethod::isotonic;
  if (method > static_cast<std::uint8_t>(CalibrationMethod::isotonic) || !std::isfinite(result.slope_) ||
      !std::isfinite(result.intercept_) || result.from_.size() != result.to_.size() ||
      result.from_.empty() == isotonic || !std::ranges::all_of(result.from_, is_probability) ||
      !std::ranges::all_of(result.to_, is_probability) ||
      std::ranges::adjacent_find(result.from_, std::greater_equal<>{}) != result.from_.end() ||
      !std::ranges::is_sorted(result.to_))
    in.fail("the calibration holds values out of range");
  return result;
}

Reliability reliability(std::span<const std::uint8_t> y, std::span<const double> probability, int bins) {
  if (bins < 1 || bins > 1000) throw ParameterError(fmt::format("bins is {}; it must be in [1, 1000]", bins));
  evaluation::check_probabilities(y, probability);
  Reliability result;
  const double width = 1.0 / bins;
  for (int i = 0; i < bins; ++i) result.bins.push_back({i * width, i + 1 == bins ? 1.0 : (i + 1) * width, 0, 0, 0.0});
  for (std::size_t row = 0; row < y.size(); ++row) {
    ReliabilityBin& bin = *std::ranges::lower_bound(result.bins, probability[row], {}, &ReliabilityBin::high);
    ++bin.rows;
    bin.positives += y[row];
    bin.mean_probability += probability[row];
  }
  for (ReliabilityBin& bin : result.bins) {
    if (bin.rows == 0) continue;
    bin.mean_probability /= static_cast<double>(bin.rows);
    result.error +=
        std::abs(bin.mean_probability - bin.observed()) * static_cast<double>(bin.rows) / static_cast<double>(y.size());
  }
  return result;
}

}  // namespace cartwheel
