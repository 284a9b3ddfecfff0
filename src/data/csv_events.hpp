#pragma once

#include <algorithm>
#include <cartwheel/read_events.hpp>
#include <cstdint>

#include "data/csv_file.hpp"
#include "data/event_columns.hpp"
#include "data/event_schema.hpp"
#include "data/reading.hpp"
#include "data/rejected_rows.hpp"

namespace cartwheel::data {

/// Tells the caller how many bytes of all files have been read, about a hundred times.
class ReadingProgress {
 public:
  ReadingProgress(const ProgressCallback& callback, std::uint64_t total_bytes);
  /// A file of `stored` bytes begins, whose text may have another size because it is compressed.
  void start_file(std::uint64_t stored, std::uint64_t text) {
    stored_ = stored;
    text_ = std::max<std::uint64_t>(text, 1);
  }
  /// `bytes` of the current text have been read. @throws Cancelled if the callback asks to stop.
  void at(std::uint64_t bytes) {
    const auto share = static_cast<double>(bytes) / static_cast<double>(text_);
    const std::uint64_t done = finished_files_ + static_cast<std::uint64_t>(share * static_cast<double>(stored_));
    if (done >= next_) tell(done);
  }
  void finish_file();

 private:
  void tell(std::uint64_t done);

  const ProgressCallback& callback_;
  std::uint64_t total_, step_, next_, finished_files_ = 0, stored_ = 0, text_ = 1;
};

/// How the text of a file is cut up. The log does not depend on it.
struct BlockSizes {
  std::size_t block_bytes = std::size_t{256} << 10;  ///< A block and what is made of it stay in the caches of one core.
  /// That are read before their rows are added to the log. One, so that they are added while they are in the caches: 8
  /// took an eighth longer.
  std::size_t blocks_per_thread = 1;
};

/// Adds the rows of one CSV file to `columns`. @throws DataError for a header that will not do, and, unless bad rows
/// are skipped, for the first bad row.
/// @param rejected  where bad rows are written to that are skipped; may be null.
ReadingCounts add_csv_events(const CsvFile& file, const EventSchema& schema, BadRows on_bad_row, EventColumns& columns,
                             ReadingProgress& progress, RejectedRows* rejected, const BlockSizes& sizes = {});

}  // namespace cartwheel::data
