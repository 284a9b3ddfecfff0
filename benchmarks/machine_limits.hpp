#pragma once

#include <benchmark/benchmark.h>

#include <functional>

/// What this machine can do at best, measured in the same run as the benchmark that is compared with it: on a shared
/// machine a figure alone says little, and its share of what was possible at that moment says much.
namespace cartwheel::bench {

/// A simple thing that a job comes down to.
enum class Limit {
  copy,          ///< memcpy between blocks larger than any cache: bytes copied (each is read and written).
  read,          ///< A pass that sums a block larger than any cache, 8 bytes at a time: bytes read.
  cell_updates,  ///< Histograms as trees build them: rows of 32 one-byte bins, each adding to one of 255 64-bit cells.
  loops,         ///< Arithmetic in registers alone, a thread for itself: steps.
};

/// What `threads` threads reach together at this moment, each with data of its own, in units a second (bytes, updates,
/// steps): the median of 5 measurements, about 0.1 s in all. Memory for that time: 128 MiB a thread at most.
double machine_limit(Limit limit, int threads = 1);

/// Call after the timed loop: measures the limit, and adds counters `rate` (`amount` units an iteration, as units a
/// second) and `of_limit` (its share of what `threads` threads reach; the library prints "/s" behind it, which means
/// nothing). Benchmarks that run threads of their own must say UseRealTime(), or the time that counts is that of the
/// main thread.
void report_share(benchmark::State& state, Limit limit, double amount, int threads = 1);

/// The timed loop of a benchmark of scaling, which must say UseManualTime(): in each iteration runs work(1),
/// work(threads), and independent loops on 1 and on `threads` threads; the time is that of work(threads). Counters:
/// `speedup` (median of work(1) / work(threads)), `loops_speedup` (the same of the loops) and `of_loops` (the share).
/// At least 5 iterations are needed for the medians to mean something: say ->Iterations(n).
void run_scaling(benchmark::State& state, int threads, const std::function<void(int threads)>& work);

}  // namespace cartwheel::bench
