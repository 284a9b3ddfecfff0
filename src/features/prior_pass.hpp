#pragma once

#include <cartwheel/feature_group.hpp>
#include <cstdint>
#include <vector>

#include "features/prior_book.hpp"
#include "features/prior_row.hpp"

namespace cartwheel::features {

/// What ordered priors give: the columns of rows as of their start, and the counts when all events have been taken.
struct OrderedPriors {
  FeatureGroup::Columns columns;
  PriorTotals totals;
};

/// Priors of rows as of their start, from the events up to `train_end`, on the GPU: events are sorted by key, and a
/// row's counts are the difference of two sums before them. For counts that do not decay.
/// @param keys  of the table's log, in the spaces of `spaces`.
/// Memory on the device: 50 bytes an event, 16 a space and cell of a window. @throws DeviceError in a build without
/// CUDA, when there is no usable GPU or too little memory on it, or for 2^32 - 1 events or more.
OrderedPriors ordered_priors_on_cuda(const WindowRows& windows, const PriorKeys& keys, const PriorSpaces& spaces,
                                     std::int64_t train_end);
/// Priors of any rows from counts that stand. @param totals  by the numbers of `keys`.
FeatureGroup::Columns frozen_priors_on_cuda(const WindowRows& windows, const PriorKeys& keys, const PriorSpaces& spaces,
                                            const PriorTotals& totals);

}  // namespace cartwheel::features
