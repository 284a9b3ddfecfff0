#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "features/category_paths.hpp"

namespace cartwheel::features {

/// The median price of each category, of each level of its path, and of all events.
class CategoryMedians {
 public:
  /// Of events with a price, up to `train_end`. Cost: linear. Memory: 12 bytes an event.
  static CategoryMedians fit(const EventLog& log, std::int64_t train_end);

  /// The median of a path (in 1/10,000 of a unit), or of the longest part of it that training had; NaN if it had no
  /// prices. @return  [codes of the log's category codes].
  std::vector<double> of_codes(const EventLog& log) const;

  void write(core::ByteWriter& out) const;
  /// @throws DataError
  static CategoryMedians read(core::ByteReader& in);

 private:
  struct Level {
    std::vector<std::string> paths;  ///< Sorted by bytes.
    std::vector<double> medians;
  };
  double all_ = 0.0;  ///< NaN where there were no prices.
  std::vector<Level> levels_;
};

}  // namespace cartwheel::features
