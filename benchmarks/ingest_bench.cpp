#include <benchmark/benchmark.h>

#include <cartwheel/threads.hpp>
#include <string>
#include <vector>

#include "data/csv_events.hpp"
#include "data/csv_row_index.hpp"
#include "data/event_block.hpp"
#include "generated_log.hpp"
#include "machine_limits.hpp"

// From a CSV file in the published schema to an EventLog, stage by stage, and from a cache. Bytes are those of the CSV.

namespace {

using namespace cartwheel;
using namespace cartwheel::data;

constexpr std::size_t block_bytes = BlockSizes{}.block_bytes;

const bench::GeneratedLog& log_of(std::int64_t events) {
  static std::int64_t made = 0;
  static std::unique_ptr<bench::GeneratedLog> log;
  if (made != events) log = std::make_unique<bench::GeneratedLog>(static_cast<std::uint64_t>(events));
  made = events;
  return *log;
}

/// Calls body(begin, end) for the blocks of a file.
template <class Body>
void for_each_block(const CsvFile& file, const Body& body) {
  std::size_t next = file.rows().offset();
  while (next < file.bytes().size()) next = body(next, std::min(next + block_bytes, file.bytes().size()));
}

/// Where fields and rows end.
void scan(benchmark::State& state) {
  const auto& log = log_of(state.range(0));
  const CsvFile file(log.path());
  std::size_t rows = 0;
  const auto pass = [&] {
    CsvRowIndex index(file.header().size(), ',', csv_bytes_finders().back().find);
    rows = 0;
    for_each_block(file, [&](std::size_t begin, std::size_t end) {
      index.find_rows(file.bytes(), begin, end);
      rows += index.size();
      return index.next();
    });
  };
  pass();
  if (rows != static_cast<std::size_t>(state.range(0))) return state.SkipWithError("rows are missing");
  for (auto _ : state) pass();
  bench::report_share(state, bench::Limit::read, static_cast<double>(log.bytes()));
}

/// Scan, numbers, keys of texts and the dictionaries of blocks; nothing is added to a log.
void parse(benchmark::State& state) {
  const auto& log = log_of(state.range(0));
  const CsvFile file(log.path());
  const EventSchema schema({});
  const ColumnPlaces places(file, schema);
  EventBlockReader reader(file, schema, places, BadRows::fail);
  EventBlock block;
  std::size_t rows = 0;
  const auto pass = [&] {
    rows = 0;
    for_each_block(file, [&](std::size_t begin, std::size_t end) {
      reader.read(begin, end, block);
      rows += block.time.size();
      return block.next;
    });
  };
  pass();
  if (rows != static_cast<std::size_t>(state.range(0))) return state.SkipWithError("rows are missing");
  for (auto _ : state) pass();
  bench::report_share(state, bench::Limit::read, static_cast<double>(log.bytes()));
}

/// All of it, on one thread.
void read_csv(benchmark::State& state) {
  const auto& log = log_of(state.range(0));
  const auto read = [&] { with_threads(1, [&] { benchmark::DoNotOptimize(log.read()); }); };
  if (log.read().size() != static_cast<std::size_t>(state.range(0))) return state.SkipWithError("rows are missing");
  for (auto _ : state) read();
  bench::report_share(state, bench::Limit::read, static_cast<double>(log.bytes()));
}

void read_csv_on_threads(benchmark::State& state) {
  const auto& log = log_of(state.range(0));
  bench::run_scaling(state, 2,
                     [&](int threads) { with_threads(threads, [&] { benchmark::DoNotOptimize(log.read()); }); });
  state.SetBytesProcessed(state.iterations() * log.bytes());
}

/// A cache: bytes are those of the cache. Every byte and value is checked.
void read_cache(benchmark::State& state) {
  const auto& log = log_of(state.range(0));
  const std::filesystem::path cache = log.path().string() + ".cwlog";
  write_event_cache(log.read(), {&log.path(), 1}, {}, cache);
  const auto read = [&] {
    Account account;
    return read_events({&cache, 1}, {}, account).size();
  };
  if (read() != static_cast<std::size_t>(state.range(0))) return state.SkipWithError("rows are missing");
  for (auto _ : state) with_threads(1, [&] { benchmark::DoNotOptimize(read()); });
  bench::report_share(state, bench::Limit::read, static_cast<double>(std::filesystem::file_size(cache)));
  std::filesystem::remove(cache);
}

constexpr std::int64_t events = 880'000;
BENCHMARK(scan)->ArgName("events")->Arg(events)->Unit(benchmark::kMillisecond);
BENCHMARK(parse)->ArgName("events")->Arg(events)->Unit(benchmark::kMillisecond);
BENCHMARK(read_csv)->ArgName("events")->Arg(events)->Unit(benchmark::kMillisecond);
BENCHMARK(read_csv_on_threads)
    ->ArgName("events")
    ->Arg(events)
    ->Iterations(9)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(read_cache)->ArgName("events")->Arg(events)->Unit(benchmark::kMillisecond);

}  // namespace
