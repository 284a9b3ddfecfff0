#include "linear/penalty_path.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/math.hpp"
#include "linear/hessian_watch.hpp"
#include "linear/standard_errors.hpp"

namespace cartwheel::linear {

namespace {

/// Without a penalty the shortest of several optima is wanted, and a start must be short too: not one that L1 chose.
bool may_start_from(Penalty before, Penalty next) {
  return next != Penalty::none || before == Penalty::l2 || before == Penalty::none;
}

auto stage_key(const LogisticRegressionOptions& o) {
  const ClassWeight& weight = o.class_weight;
  const bool given = weight.rule == ClassWeight::Rule::given;
  return std::tuple(!o.fit_intercept, weight.rule, given ? weight.weights : std::array{1.0, 1.0});
}

/// A Hessian of all rows serves the fits that follow; it pays if it costs a few of the steps that it saves.
constexpr double most_hessian_cost = 4.0;

std::vector<double> full_hessian(RowPasses& rows, std::size_t n) {
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  std::vector<double> hessian(n * n);
  rows.gram(all, hessian);
  return hessian;
}

bool same_stage(const LogisticRegressionOptions& a, const LogisticRegressionOptions& b) {
  return stage_key(a) == stage_key(b);
}

}  // namespace

struct PenaltyPath::Stage {
  Stage(const Design& columns, const LabelledRows& rows, const std::array<double, 2>& totals, double weight)
      : design(columns),
        class_weight(rows.class_weight),
        total(weight),
        passes(make_row_passes(columns, rows)),
        sample(columns, rows, totals) {}

  /// The curvature is that of the first optimum: the sample's own bends with the loss on the way to others.
  void tilt_to(const Iterate& optimum) {
    const bool first = tilt.slope.empty();
    std::vector<double> curvature = std::move(tilt.curvature), hessian;
    if (first && hessian_cost(design.size()) <= most_hessian_cost) hessian = full_hessian(*passes, design.size());
    tilt = sample.tilt(optimum.beta, optimum.loss_gradient, hessian);
    if (!first) tilt.curvature = std::move(curvature);
  }

  const Design& design;
  std::array<double, 2> class_weight;  ///< Such that all rows together weigh 1.
  double total;                        ///< What they weigh as given.
  std::unique_ptr<RowPasses> passes;
  SampledRows sample;
  std::vector<double> last;  ///< The coordinates of the last fit that converged, or empty,
  Penalty last_penalty{};    ///< its penalty,
  Tilt tilt;                 ///< and how the sample stands in for all rows near it.
};

PenaltyPath::PenaltyPath(const FilledColumns& filled, std::span<const std::uint8_t> y,
                         std::span<const double> sample_weight, const std::array<double, 2>& totals)
    : filled_(filled), y_(y), sample_weight_(sample_weight), totals_(totals) {}

PenaltyPath::Stage& PenaltyPath::stage_of(const LogisticRegressionOptions& options) {
  if (stage_ != nullptr && same_stage(stage_options_, options)) return *stage_;
  std::optional<Design>& design = designs_[options.fit_intercept ? 1 : 0];
  if (!design) design = Design::of(filled_, WeightedRows(y_.size(), sample_weight_), options.fit_intercept);
  // The solvers see the mean loss: the objective divided by C and by the total weight.
  std::array<double, 2> weights = class_factors(options.class_weight, totals_);
  const double total = weights[0] * totals_[0] + weights[1] * totals_[1];
  for (double& weight : weights) weight /= total;
  stage_ = std::make_shared<Stage>(*design, LabelledRows{y_, weights, sample_weight_}, totals_, total);
  stage_options_ = options;
  return *stage_;
}

PathFit PenaltyPath::fit(const LogisticRegressionOptions& options, bool more) {
  Stage& stage = stage_of(options);
  const double c = options.penalty == Penalty::none ? 1.0 : options.C;
  const Objective objective{*stage.passes, penalty_weights(stage.design, options, 1.0 / c / stage.total)};
  const bool follows = !stage.last.empty() && may_start_from(stage.last_penalty, options.penalty);
  Start start;
  if (follows) {
    start.beta = stage.last;
  } else {
    start.beta.resize(stage.design.size());
    if (stage.design.intercept)
      start.beta.back() = core::log(stage.class_weight[1] * totals_[1]) - core::log(stage.class_weight[0] * totals_[0]);
  }
  if (stage.sample.pays())
    start = stage.sample.optimum(std::move(start.beta), objective.penalty, stage.tilt, options.tol);
  PathFit fit{solve(objective, std::move(start), {options.tol, options.max_iter}), &stage.design, c * stage.total, {}};
  if (fit.solution.stop == Stop::converged) {
    stage.last = fit.solution.at.beta;
    stage.last_penalty = options.penalty;
    if (more && stage.sample.pays()) stage.tilt_to(fit.solution.at);
    if (options.standard_errors)
      fit.standard_errors = standard_errors(*stage.passes, stage.design, stage.total, filled_.columns.size());
  }
  return fit;
}

std::vector<std::size_t> path_order(std::span<const LogisticRegressionOptions> options) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const LogisticRegressionOptions& o = options[i];
    const bool free = o.penalty == Penalty::none;
    return std::tuple(stage_key(o), free, free ? 0.0 : o.C, o.penalty, o.l1_ratio);
  };
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return order;
}

}  // namespace cartwheel::linear
