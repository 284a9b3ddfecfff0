#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "data/cached_events.hpp"
#include "data/csv_events.hpp"
#include "data/csv_file.hpp"
#include "data/event_cache.hpp"
#include "data/event_columns.hpp"
#include "data/event_storage.hpp"
#include "data/reading_needs.hpp"
#include "data/unpack.hpp"

namespace cartwheel {
namespace {

using namespace data;

/// A file as the user named it.
struct Input {
  std::string name;
  std::filesystem::path path;  ///< Without symbolic links.
  std::shared_ptr<const core::MappedFile> file;
};

Input open_input(const std::filesystem::path& path) {
  if (path == standard_input) return {"standard input", path, read_standard_input()};
  auto file = std::make_shared<const core::MappedFile>(path);
  return {path.string(), std::filesystem::canonical(path), std::move(file)};
}

std::vector<Input> open_all(std::span<const std::filesystem::path> paths) {
  std::vector<Input> inputs;
  for (const std::filesystem::path& path : paths) inputs.push_back(open_input(path));
  return inputs;
}

/// A log under way, and where its rows came from.
struct Part {
  EventColumns columns;
  Reading reading;

  EventLog finish() && {
    return EventColumns::finish(std::move(columns), std::make_shared<const Reading>(std::move(reading)));
  }
};

bool go_to_disk(const std::vector<Input>& inputs, const ReadOptions& options) {
  std::uint64_t text_bytes = 0;
  for (const Input& input : inputs) text_bytes += text_bytes_of(*input.file);
  return columns_go_to_disk(options.columns, text_bytes);
}

void drop_duplicates(Part& part) {
  const auto dropped = static_cast<std::int64_t>(part.columns.drop_duplicates());
  part.reading.counts.duplicates_dropped += dropped;
  part.reading.counts.rows_kept -= dropped;
}

EventLog read_csv_files(const std::vector<Input>& inputs, const ReadOptions& options, ReadingProgress& progress,
                        RejectedRows* rejected) {
  const EventSchema schema(options.column_names);
  Part part{EventColumns(go_to_disk(inputs, options)), {}};
  part.reading.options = options;
  part.reading.options.rejects.clear();
  part.reading.options.progress = nullptr;  // what it refers to need not outlive this call
  for (const Input& input : inputs) {
    const auto text = unpack(input.file, input.name);
    progress.start_file(input.file->bytes().size(), text->bytes().size());
    const CsvFile file(text, input.name, options.delimiter);
    part.reading.counts.add(add_csv_events(file, schema, options.on_bad_row, part.columns, progress, rejected));
    part.reading.sources.push_back({input.path, input.file->identity()});
  }
  if (options.duplicates == Duplicates::drop) drop_duplicates(part);
  return std::move(part).finish();
}

void note_options_of_cache(const std::string& name, const ReadOptions& given, const ReadOptions& kept,
                           Account& account) {
  const ReadOptions defaults;
  const bool ignored = (given.delimiter != defaults.delimiter && given.delimiter != kept.delimiter) ||
                       (given.on_bad_row != defaults.on_bad_row && given.on_bad_row != kept.on_bad_row) ||
                       (!given.column_names.empty() && given.column_names != kept.column_names);
  if (ignored)
    account.add("caches that keep the reading options they were made with", 1,
                name + ": delimiter, column names and on-bad-row do not apply to it");
}

EventLog read_cache(const Input& input, const ReadOptions& options, ReadingProgress& progress, RejectedRows* rejected,
                    Account& account) {
  CachedEvents cached = open_cached_events(input.file, input.name, options.verify, account);
  note_options_of_cache(input.name, options, cached.origin.options, account);
  if (cached.log) {
    progress.start_file(input.file->bytes().size(), input.file->bytes().size());
    progress.finish_file();
    return *std::move(cached.log);
  }
  std::vector<std::filesystem::path> sources;
  for (const CacheOrigin::Source& source : cached.origin.sources) sources.push_back(source.file.path);
  return read_csv_files(open_all(sources), cached.origin.options, progress, rejected);
}

const Reading& reading_of(const EventLog& log) { return *log.storage().reading; }

EventLog join(const std::vector<EventLog>& logs, const ReadOptions& options) {
  if (logs.size() == 1 && options.duplicates == Duplicates::keep) return logs.front();
  std::uint64_t events = 0;
  for (const EventLog& log : logs) events += log.size();
  Part part{EventColumns(events_go_to_disk(options.columns, events)), {}};
  for (const EventLog& log : logs) {
    part.columns.add_log(log);
    part.reading.counts.add(reading_of(log).counts);
    std::ranges::copy(reading_of(log).sources, std::back_inserter(part.reading.sources));
  }
  if (options.duplicates == Duplicates::drop) drop_duplicates(part);
  return std::move(part).finish();
}

std::uint64_t total_bytes(const std::vector<Input>& inputs) {
  std::uint64_t bytes = 0;
  for (const Input& input : inputs) bytes += input.file->bytes().size();
  return bytes;
}

}  // namespace

EventLog read_events(std::span<const std::filesystem::path> files, const ReadOptions& options, Account& account) {
  if (files.empty()) throw ParameterError("no event files were given; name at least one CSV file or cache");
  const std::vector<Input> inputs = open_all(files);
  ReadingProgress progress(options.progress, total_bytes(inputs));
  const auto is_cache = [](const Input& input) { return is_event_cache(input.file->bytes()); };
  std::optional<RejectedRows> rejects;
  if (options.on_bad_row == BadRows::skip && !options.rejects.empty()) rejects.emplace(options.rejects);
  RejectedRows* const rejected = rejects ? &*rejects : nullptr;
  Account notes;
  EventLog log;
  if (std::ranges::none_of(inputs, is_cache)) {
    log = read_csv_files(inputs, options, progress, rejected);
  } else {
    std::vector<EventLog> logs;
    for (const Input& input : inputs)
      logs.push_back(is_cache(input) ? read_cache(input, options, progress, rejected, notes)
                                     : read_csv_files({input}, options, progress, rejected));
    log = join(logs, options);
  }
  if (rejects) {
    rejects->commit();
    notes.add("rows written to the file of rejected rows", rejects->size(), options.rejects.string());
  }
  reading_of(log).counts.report(account);
  account.add_all(notes);
  return log;
}

}  // namespace cartwheel
