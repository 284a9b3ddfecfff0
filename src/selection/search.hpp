#pragma once

#include <cartwheel/experiment.hpp>
#include <cstddef>
#include <vector>

#include "selection/journal.hpp"
#include "selection/plan.hpp"
#include "selection/progress_meter.hpp"
#include "selection/search_space.hpp"
#include "selection/walk_plan.hpp"

namespace cartwheel::selection {

/// What the search chose for one model.
struct Choice {
  FeatureCombination features;
  Parameters parameters;
  std::vector<double> out_of_fold;  ///< Its scores of the validation rows of all folds, fold by fold.
};

struct SearchResult {
  std::vector<SearchRow> rows;  ///< By model, feature combination, model combination.
  std::vector<Choice> choices;  ///< One a model.
  std::uint64_t resumed = 0;    ///< Combinations (one a fold) that came from the journal.
};

/// What the searches of all batches have in common.
struct SearchSetting {
  const ExperimentOptions& options;
  const SearchSpace& space;
  const SearchPlan& plan;
  SearchJournal& journal;
  ProgressMeter& meter;  ///< Told of each (combination, fold).
  WorkCounter& work;
};

/// Fits every trial of the space on every fold of the batch, as planned, in parallel, and scores it on the fold's
/// validation rows; then chooses for each model by the options' rule. A combination that fails with a ParameterError or
/// DataError is reported in its row and left out of the choice.
///
/// All combinations are compared on the same sessions, also where extractors look at windows of different lengths
/// (`session_size`): the table is built once, with the window of the experiment, and an extractor with a smaller
/// session_size reads the first events of that window.
///
/// Memory: the columns of as many (root of the plan, fold) pairs as there are threads; the models of one unit of the
/// plan a thread; 8 bytes a validation row for each model's best combination so far, and for each one that has some
/// folds to go; with ChoiceRule::one_standard_error for every combination.
/// @param batch_number  names the batch in the journal. @throws DataError or ParameterError if all combinations of a
/// model fail; Cancelled.
SearchResult search(const SessionTable& sessions, const Batch& batch, std::uint32_t batch_number,
                    const SearchSetting& setting);

}  // namespace cartwheel::selection
