#pragma once

#include <atomic>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/temporal_split.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "pipeline/failure_of.hpp"
#include "selection/plan.hpp"

namespace cartwheel::selection {

using pipeline::failure_of;

/// Wall-clock seconds of `work`, which may run beside other work.
double seconds_of(const std::function<void()>& work);

/// Both sides of a fold, on their way from the extractor through the steps.
struct FoldSides {
  std::shared_ptr<const FeatureExtractor> extractor;
  std::vector<std::shared_ptr<const Step>> steps;
  TrainingRows train;
  FeatureMatrix validation;
};

/// What a unit of the plan is given.
struct UnitInput {
  const FoldSides& sides;      ///< Empty where there is a failure.
  std::exception_ptr failure;  ///< Why there are no columns.
  double seconds;              ///< Of what was made for several units, counted on the first.
};

/// Counts what is really done, from any thread.
struct WorkCounter {
  std::atomic<std::uint64_t> extractor_fits = 0, step_fits = 0, model_fits = 0, combinations = 0;
  SearchWork total() const { return {extractor_fits, step_fits, model_fits, combinations}; }
};

/// Labels of the given rows.
std::vector<std::uint8_t> labels_of(const SessionTable& sessions, std::span<const std::uint32_t> rows);

/// Makes the columns of one root of the plan in one fold, step by step, and visits the units that want them, perhaps at
/// the same time. What no wanted unit needs is not made.
/// @param wanted  of a unit's number. @param visit  of a unit's number and its input.
/// Memory: the columns of both sides, once for each node on the way to the units at work.
void walk_plan(const SearchPlan& plan, std::size_t root, const SessionTable& sessions, const Fold& fold,
               const FitContext& context, WorkCounter& work, const std::function<bool(std::size_t)>& wanted,
               const std::function<void(std::size_t, const UnitInput&)>& visit);

}  // namespace cartwheel::selection
