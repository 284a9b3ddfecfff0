#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "features/prior_counts.hpp"
#include "features/prior_keys.hpp"

namespace cartwheel::features {

/// What is kept of the priors at the end of training.
struct FrozenPriors {
  struct Space {
    double m = 0.0;                   ///< Strength of the smoothing.
    std::vector<std::string> keys;    ///< Sorted by bytes; those that occurred.
    std::vector<PriorCounts> counts;  ///< Of each key.
  };
  PriorCounts all;
  std::vector<Space> spaces;

  void write(core::ByteWriter& out) const;
  /// @throws DataError unless there are `spaces` spaces, whose keys are sorted and whose counts are numbers >= 0.
  static FrozenPriors read(core::ByteReader& in, std::size_t spaces);
};

/// Counts by the numbers of a PriorKeys.
struct PriorTotals {
  PriorCounts all;
  std::vector<std::vector<PriorCounts>> spaces;
};

/// Counts of views and targets by key, for one log.
class PriorBook {
 public:
  /// An empty book. @param decay_rate  ln 2 / half-life, of microseconds; 0: counts never decay.
  PriorBook(const PriorKeys& keys, double decay_rate);
  /// The book as it was at the end of training; it does not decay any more.
  PriorBook(const PriorKeys& keys, const FrozenPriors& frozen);
  /// A book of counts that do not decay.
  PriorBook(const PriorKeys& keys, const PriorTotals& totals);

  /// Takes the next event, in order of time.
  void add(const KeyValues& values, EventType type, bool is_target, std::int64_t time);

  /// Whether the event has a key in this space that was never counted.
  bool is_unseen(std::size_t space, const KeyValues& values) const;

  PriorCounts all(std::int64_t time) const { return all_.at(time, decay_rate_); }
  PriorCounts counts(std::size_t space, std::uint32_t number, std::int64_t time) const {
    return cells_[space][number].at(time, decay_rate_);
  }
  /// Of a book that does not decay.
  PriorTotals totals() const;
  /// @param m  one a space.
  FrozenPriors freeze(std::int64_t time, std::span<const double> m) const;

 private:
  const PriorKeys& keys_;
  double decay_rate_;
  DecayedCounts all_;
  std::vector<std::vector<DecayedCounts>> cells_;  ///< [space][number of the key]
};

}  // namespace cartwheel::features
