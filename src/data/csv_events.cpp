#include "data/csv_events.hpp"

#include <algorithm>
#include <cartwheel/error.hpp>
#include <deque>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "core/parallel.hpp"
#include "data/escaped_text.hpp"
#include "data/event_block.hpp"
#include "data/row_parser.hpp"

namespace cartwheel::data {
namespace {

/// The columns whose empty fields are missing values; an empty time or type rejects its row.
constexpr std::array optional_columns{SourceColumn::product_id,  SourceColumn::category_id, SourceColumn::category_code,
                                      SourceColumn::brand,       SourceColumn::price,       SourceColumn::user_id,
                                      SourceColumn::user_session};

ReadingCounts count_columns(const ColumnPlaces& places) {
  ReadingCounts counts;
  for (const std::string& name : places.unused) counts.unused_columns.insert(escaped(name));
  for (const SourceColumn column : optional_columns)
    if (!places.has(column)) counts.absent_columns.emplace(source_column_names[index_of(column)]);
  return counts;
}

/// Blocks that follow each other in a file.
struct Wave {
  std::size_t begin = 0;  ///< Where the first record of the first block begins.
  std::size_t next = 0;   ///< Where the first record begins that is in none of them.
  std::vector<EventBlock> blocks;
};

/// Adds the rows of a wave to one column of text, or, for the task after these, to the columns of numbers.
void add(const Wave& wave, std::size_t task, EventColumns& columns) {
  // The columns with the most distinct values take longest, so they come first.
  if (task == text_column_count) {
    for (const EventBlock& block : wave.blocks) columns.add_numbers(block.time, block.type, block.price);
  } else {
    const std::size_t column = text_column_count - 1 - task;
    for (const EventBlock& block : wave.blocks)
      columns.add_texts(column, block.dictionaries[column].entries(), block.codes[column]);
  }
}

/// Where a record begins at or behind `offset`, if no line end around there is within quotes; at most `end`.
std::size_t guess_record_begin(std::string_view text, std::size_t offset, std::size_t end) {
  const std::size_t line_end = text.substr(0, end).find_first_of("\r\n", offset - 1);
  if (line_end == text.npos) return end;
  return line_end + (text.substr(line_end).starts_with("\r\n") ? 2 : 1);
}

/// Reads waves of blocks of one file. Each block but the first of a wave guesses where its first record begins; a guess
/// that was wrong is found out when the block before it ends elsewhere, and the block is then read again.
class WaveReader {
 public:
  WaveReader(const CsvFile& file, const EventSchema& schema, const ColumnPlaces& places, BadRows on_bad_row,
             const BlockSizes& sizes, RejectedRows* rejected)
      : file_(file),
        parser_(file, schema, places),
        positions_(file.bytes()),
        block_bytes_(sizes.block_bytes),
        rejected_(rejected) {
    const std::size_t blocks_at_once = static_cast<std::size_t>(core::thread_count()) * sizes.blocks_per_thread;
    for (std::size_t i = std::min(blocks_at_once, 1 + file.bytes().size() / block_bytes_); i > 0; --i)
      readers_.emplace_back(file, schema, places, on_bad_row);
  }

  Wave make_wave() const { return {0, 0, std::vector<EventBlock>(readers_.size())}; }

  void read(Wave& wave, std::size_t i) {
    const std::size_t begin = wave.begin + i * block_bytes_, end = end_of(wave, i);
    if (begin >= end)
      wave.blocks[i].clear(begin);
    else
      readers_[i].read(i == 0 ? begin : guess_record_begin(file_.bytes(), begin, end), end, wave.blocks[i]);
  }

  /// Makes sure that each block begins where the one before it ends; false if there were no records left.
  /// @throws DataError for a bad row that must not be skipped.
  bool check(Wave& wave) {
    std::size_t next = wave.begin;
    for (std::size_t i = 0; i < wave.blocks.size(); ++i) {
      EventBlock& block = wave.blocks[i];
      if (next >= end_of(wave, i))
        block.clear(next);
      else if (block.begin != next)
        readers_[i].read(next, end_of(wave, i), block);
      next = block.next;
      if (block.stopped) throw DataError(error_text(block.rejected.back()));
    }
    wave.next = next;
    return next > wave.begin;
  }

  void count(const Wave& wave, ReadingCounts& counts) {
    for (const EventBlock& block : wave.blocks) {
      counts.rows_read += block.rows_read;
      counts.rows_kept += static_cast<std::int64_t>(block.time.size());
      counts.blank_lines += block.blank_lines;
      for (std::size_t c = 0; c < source_column_count; ++c) counts.missing[c] += block.missing[c];
      if (counts.prices_rounded == 0 && block.prices_rounded > 0)
        counts.first_rounded = file_.place(block.first_rounded);
      counts.prices_rounded += block.prices_rounded;
      for (const EventBlock::Rejected& row : block.rejected) {
        ReadingCounts::Rejected& rejected = counts.rejected[static_cast<std::size_t>(row.reason)];
        const CsvRecord& record = record_at(row.offset);
        if (rejected.rows++ == 0) rejected.first = parser_.place(record, row.reason);
        if (rejected_ == nullptr) continue;
        const TextPosition position = positions_.of(parser_.offset_of(record, row.reason));
        rejected_->add(file_.name(), position, row.reason, lines_of(record));
      }
    }
  }

 private:
  std::size_t end_of(const Wave& wave, std::size_t i) const {
    return std::min(wave.begin + (i + 1) * block_bytes_, file_.bytes().size());
  }
  const CsvRecord& record_at(std::size_t offset) const {
    CsvReader reader = file_.rows();
    reader.go_to(offset);
    reader.next(record_);
    return record_;
  }
  /// The record as it lies in the file; of one that a stray quote has made swallow the rest, the lines up to the quote.
  static std::string_view lines_of(const CsvRecord& record) {
    if (record.problem() != CsvProblem::unclosed_quote) return record.raw();
    return record.raw().substr(0, record.raw().find_first_of("\r\n", record.problem_offset() - record.offset()));
  }
  std::string error_text(const EventBlock::Rejected& row) const {
    return parser_.error_text(record_at(row.offset), row.reason);
  }

  const CsvFile& file_;
  RowParser parser_;
  AscendingPositions positions_;
  std::size_t block_bytes_;
  RejectedRows* rejected_;
  std::deque<EventBlockReader> readers_;  ///< One a block, because any thread may read any block.
  mutable CsvRecord record_;
};

}  // namespace

ReadingProgress::ReadingProgress(const ProgressCallback& callback, std::uint64_t total_bytes)
    : callback_(callback),
      total_(total_bytes),
      step_(std::max<std::uint64_t>(total_bytes / 100, 1)),
      next_(callback ? 0 : std::numeric_limits<std::uint64_t>::max()) {}

void ReadingProgress::tell(std::uint64_t done) {
  next_ = done + step_;
  // Sources that are read in place of a cache may be larger than the cache, which is what was counted on.
  if (!callback_({.stage = "reading", .done = std::min(done, total_), .total = total_}))
    throw Cancelled("reading was stopped");
}

void ReadingProgress::finish_file() {
  finished_files_ += stored_;
  if (callback_ && (finished_files_ >= next_ || finished_files_ == total_)) tell(finished_files_);
}

ReadingCounts add_csv_events(const CsvFile& file, const EventSchema& schema, BadRows on_bad_row, EventColumns& columns,
                             ReadingProgress& progress, RejectedRows* rejected, const BlockSizes& sizes) {
  const ColumnPlaces places(file, schema);
  WaveReader reader(file, schema, places, on_bad_row, sizes, rejected);
  ReadingCounts counts = count_columns(places);
  Wave read = reader.make_wave(), added = reader.make_wave();
  read.begin = file.rows().offset();
  for (bool rows_to_add = false;;) {
    // The rows of one wave are added while the next one is read.
    const std::size_t adding = rows_to_add ? text_column_count + 1 : 0;
    const std::size_t tasks = adding + read.blocks.size();
    const auto run = [&](std::size_t task) {
      if (task >= adding)
        reader.read(read, task - adding);
      else
        add(added, task, columns);
    };
    if (read.blocks.size() > 1)
      core::parallel_for(tasks, run);
    else  // a small file is read before another thread has woken up
      for (std::size_t task = 0; task < tasks; ++task) run(task);
    if (rows_to_add) progress.at(added.next);
    rows_to_add = reader.check(read);
    reader.count(read, counts);
    std::swap(read, added);
    read.begin = added.next;
    if (!rows_to_add) break;
  }
  progress.finish_file();
  return counts;
}

}  // namespace cartwheel::data
