#include "linear/subset_start.hpp"

#include <algorithm>
#include <numeric>

namespace cartwheel::linear {

namespace {

/// The sample is made of runs of rows: their columns are read a cache line at a time.
constexpr std::size_t run_rows = 64;  // a word of bits
constexpr std::size_t least_rows = 2048;
constexpr std::size_t usual_share = 32;  ///< A fit on one row in 32 costs less than an evaluation of all.
/// So many rows for each coordinate, and so many of the rarer class, that the sample's Hessian is like that of all.
constexpr double rows_a_coordinate = 16.0, rare_a_coordinate = 4.0;
constexpr std::size_t least_share = 4;  ///< A sample of more than a fourth of the rows is not worth it.
/// Of a sample that is not tilted: below the distance of its optimum from that of all rows.
constexpr double sample_tol = 1e-3;
constexpr int most_sample_steps = 30;

std::size_t sample_size(const Design& design, const std::array<double, 2>& totals) {
  const auto coordinates = static_cast<double>(design.size());
  const double rare_share = std::min(totals[0], totals[1]) / (totals[0] + totals[1]);
  const double wanted = std::max(rows_a_coordinate, rare_a_coordinate / rare_share) * coordinates;
  const auto most = static_cast<double>(design.rows);
  return std::max({least_rows, design.rows / usual_share, static_cast<std::size_t>(std::min(wanted, most))});
}

std::vector<std::uint32_t> all_coordinates(std::size_t n) {
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

/// The same columns in some runs of rows, their numbers, all multiples of 64, given.
Design sample_of(const Design& all, const std::vector<std::size_t>& runs) {
  Design sample;
  sample.rows = runs.size() * run_rows;
  sample.intercept = all.intercept;
  sample.source = all.source;
  sample.centre = all.centre;
  sample.scale = all.scale;
  for (const auto& column : all.dense) {
    std::vector<float>& values = sample.floats.emplace_back();
    values.reserve(sample.rows);
    for (const std::size_t first : runs)
      values.insert(values.end(), column.data() + first, column.data() + first + run_rows);
    sample.dense.push_back(values);
  }
  for (const TwoValued& column : all.two_valued) {
    std::vector<std::uint64_t>& words = sample.words.emplace_back();
    for (const std::size_t first : runs) words.push_back(column.words[first / run_rows]);
    sample.two_valued.push_back({words, column.low, column.high});
  }
  for (const MostlyOne& column : all.mostly_one) {
    std::vector<float>& values = sample.floats.emplace_back();
    std::vector<std::uint32_t>& rows = sample.row_numbers.emplace_back();
    for (std::size_t run = 0; run < runs.size(); ++run) {
      const std::size_t first = runs[run];
      auto i = static_cast<std::size_t>(std::ranges::lower_bound(column.rows, first) - column.rows.begin());
      for (; i < column.rows.size() && column.rows[i] < first + run_rows; ++i) {
        rows.push_back(static_cast<std::uint32_t>(run * run_rows + column.rows[i] - first));
        values.push_back(column.values[i]);
      }
    }
    sample.mostly_one.push_back({rows, values, column.usual, tile_offsets(rows, sample.rows)});
  }
  return sample;
}

/// The passes over the sample, tilted.
class TiltedPasses final : public RowPasses {
 public:
  TiltedPasses(RowPasses& rows, const Tilt& tilt) : rows_(rows), tilt_(tilt) {}

  std::size_t row_count() const override { return rows_.row_count(); }

  Point evaluate(std::span<const double> beta, std::span<double> gradient) override {
    Point point = rows_.evaluate(beta, gradient);
    last_.assign(beta.begin(), beta.end());
    if (tilt_.slope.empty()) return point;
    const std::vector<double> slope = slope_at(last_);
    point.loss += value_at(last_, slope);
    for (std::size_t j = 0; j < slope.size(); ++j) gradient[j] += slope[j];
    return point;
  }

  void keep() override {
    rows_.keep();
    kept_ = last_;
  }

  Way along(double t) override {
    Way way = rows_.along(t);
    if (tilt_.slope.empty()) return way;
    std::vector<double> beta = kept_;
    for (std::size_t j = 0; j < beta.size(); ++j) beta[j] += t * (last_[j] - kept_[j]);
    const std::vector<double> slope = slope_at(beta);
    way.loss += value_at(beta, slope);
    for (std::size_t j = 0; j < beta.size(); ++j) way.slope += slope[j] * (last_[j] - kept_[j]);
    return way;
  }

  void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) override {
    rows_.gram(coordinates, out);
    if (tilt_.curvature.empty()) return;
    const std::size_t n = coordinates.size();
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = 0; k < n; ++k)
        out[j * n + k] += tilt_.curvature[coordinates[j] * tilt_.at.size() + coordinates[k]];
  }

 private:
  std::vector<double> slope_at(const std::vector<double>& beta) const {
    std::vector<double> slope = tilt_.slope;
    const std::size_t n = slope.size();
    if (!tilt_.curvature.empty())
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < n; ++k) slope[j] += tilt_.curvature[j * n + k] * (beta[k] - tilt_.at[k]);
    return slope;
  }

  /// A quadratic's mean slope on a way is the mean of those at its ends.
  double value_at(const std::vector<double>& beta, const std::vector<double>& slope) const {
    double value = 0.0;
    for (std::size_t j = 0; j < beta.size(); ++j) value += 0.5 * (tilt_.slope[j] + slope[j]) * (beta[j] - tilt_.at[j]);
    return value;
  }

  RowPasses& rows_;
  const Tilt& tilt_;
  std::vector<double> kept_, last_;
};

Start with_hessian(RowPasses& rows, std::vector<double> beta) {
  const std::size_t n = beta.size();
  Start start{std::move(beta), std::vector<double>(n * n)};
  std::vector<double> gradient(n);
  rows.evaluate(start.beta, gradient);
  rows.keep();
  rows.gram(all_coordinates(n), start.hessian);
  return start;
}

}  // namespace

SampledRows::SampledRows(const Design& design, const LabelledRows& rows, const std::array<double, 2>& totals) {
  const std::size_t wanted = sample_size(design, totals);
  if (design.size() > most_hessian_coordinates || design.rows < least_share * wanted) return;
  const std::size_t count = (wanted + run_rows - 1) / run_rows, whole = design.rows / run_rows;
  std::vector<std::size_t> runs;
  for (std::size_t run = 0; run < count; ++run) runs.push_back(run * (whole - 1) / (count - 1) * run_rows);
  design_ = sample_of(design, runs);
  double total = 0.0;
  std::array<bool, 2> found{};
  for (const std::size_t first : runs)
    for (std::size_t i = first; i < first + run_rows; ++i) {
      y_.push_back(rows.y[i]);
      weight_.push_back(rows.class_weight[rows.y[i]] * (rows.sample_weight.empty() ? 1.0 : rows.sample_weight[i]));
      total += weight_.back();
      found[rows.y[i]] = true;
    }
  if (!found[0] || !found[1]) return;
  for (double& weight : weight_) weight /= total;
  passes_ = make_row_passes(design_, {y_, {1.0, 1.0}, weight_});
}

Tilt SampledRows::tilt(const std::vector<double>& at, const std::vector<double>& gradient,
                       const std::vector<double>& hessian) {
  Tilt tilt{at, gradient, hessian};
  std::vector<double> sampled(at.size());
  passes_->evaluate(at, sampled);
  for (std::size_t j = 0; j < at.size(); ++j) tilt.slope[j] -= sampled[j];
  if (hessian.empty()) return tilt;
  sampled.resize(hessian.size());
  passes_->keep();
  passes_->gram(all_coordinates(at.size()), sampled);
  for (std::size_t i = 0; i < sampled.size(); ++i) tilt.curvature[i] -= sampled[i];
  return tilt;
}

Start SampledRows::optimum(std::vector<double> start, const PenaltyWeights& penalty, const Tilt& tilt, double tol) {
  TiltedPasses tilted(*passes_, tilt);
  const SolverLimits limits{tilt.slope.empty() ? std::max(sample_tol, tol) : tol, most_sample_steps};
  Solution solution = solve({tilted, penalty}, {start, {}}, limits);
  if (solution.stop == Stop::converged && !solution.hessian.empty())
    return {std::move(solution.at.beta), std::move(solution.hessian)};
  return with_hessian(tilted, solution.stop == Stop::converged ? std::move(solution.at.beta) : std::move(start));
}

}  // namespace cartwheel::linear
