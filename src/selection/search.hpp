#pragma once

#include <cartwheel/experiment.hpp>
#include <cstddef>
#include <vector>

#include "selection/progress_meter.hpp"
#include "selection/search_space.hpp"

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
};

/// Labels of the given rows.
std::vector<std::uint8_t> labels_of(const SessionTable& sessions, std::span<const std::uint32_t> rows);

/// Fits every combination on every fold of the batch, in parallel, and scores it on the fold's validation rows. The
/// best mean over the folds wins, the first of equals. A combination that fails with a ParameterError or DataError is
/// reported in its row and left out of the choice.
///
/// All combinations are compared on the same sessions, also where extractors look at windows of different lengths
/// (`session_size`): the table is built once, with the window of the experiment, and an extractor with a smaller
/// session_size reads the first events of that window.
///
/// Memory: the features of as many (feature combination, fold) pairs as there are threads; 8 bytes a validation row
/// for each model's best combination so far, and for each one that has some folds to go.
/// @param meter  told of each (combination, fold). @throws DataError or ParameterError if all combinations of a model
/// fail; Cancelled.
SearchResult search(const SessionTable& sessions, const Batch& batch, const SearchSpace& space, SearchMetric metric,
                    const FitContext& context, ProgressMeter& meter);

}  // namespace cartwheel::selection
