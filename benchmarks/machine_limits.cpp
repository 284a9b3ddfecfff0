#include "machine_limits.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace cartwheel::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

constexpr std::size_t block_bytes = std::size_t{64} << 20;
constexpr std::size_t rows = std::size_t{1} << 18, features = 32, bins = 255;
constexpr std::uint64_t loop_steps = std::uint64_t{1} << 23;

/// One thread's share of a measurement, over data of its own.
using Load = std::function<void()>;

Load copy_load() {
  return [from = std::vector<char>(block_bytes, 1), to = std::vector<char>(block_bytes)]() mutable {
    std::memcpy(to.data(), from.data(), block_bytes);
    benchmark::ClobberMemory();
  };
}

Load read_load() {
  return [words = std::vector<std::uint64_t>(block_bytes / sizeof(std::uint64_t), 1)] {
    benchmark::DoNotOptimize(std::accumulate(words.begin(), words.end(), std::uint64_t{0}));
  };
}

Load cell_load() {
  std::vector<std::uint8_t> bin(rows * features);
  std::minstd_rand random(1);
  for (std::uint8_t& b : bin) b = static_cast<std::uint8_t>(random() % bins);
  return [bin = std::move(bin), cells = std::vector<std::uint64_t>(features * bins)]() mutable {
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t f = 0; f < features; ++f) cells[f * bins + bin[row * features + f]] += row;
    benchmark::ClobberMemory();
  };
}

Load loop_load() {
  return [] {
    std::uint64_t state = 1;
    for (std::uint64_t i = 0; i < loop_steps; ++i) {
      state = state * 6364136223846793005u + i;
      benchmark::DoNotOptimize(state);
    }
  };
}

/// How each limit is measured: units that a load works through in a run, and who makes it.
struct Measure {
  double amount;
  Load (*make)();
};

const Measure& measure_of(Limit limit) {
  static constexpr Measure measures[] = {{double{block_bytes}, copy_load},
                                         {double{block_bytes}, read_load},
                                         {double{rows * features}, cell_load},
                                         {double{loop_steps}, loop_load}};
  return measures[static_cast<std::size_t>(limit)];
}

}  // namespace

double machine_limit(Limit limit, int threads) {
  constexpr std::size_t repetitions = 5;
  struct Span {
    Clock::time_point begin, end;
  };
  const Measure& measure = measure_of(limit);
  const auto count = static_cast<std::size_t>(threads);
  std::vector<Span> spans(count * repetitions);  // [threads x repetitions]
  std::barrier<> all(threads);
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < count; ++t)
    workers.emplace_back([&, own = std::span(spans).subspan(t * repetitions, repetitions)] {
      const Load load = measure.make();  // made here, so that its pages are this thread's
      load();
      for (Span& span : own) {
        all.arrive_and_wait();
        span.begin = Clock::now();
        load();
        span.end = Clock::now();
      }
    });
  for (std::thread& worker : workers) worker.join();
  // From the first begin to the last end, by the workers' own clocks: a thread that only watched them would start its
  // clock late, because it gets no core while they have all.
  std::vector<double> found;
  for (std::size_t i = 0; i < repetitions; ++i) {
    Span together = spans[i];
    for (std::size_t t = 1; t < count; ++t) {
      together.begin = std::min(together.begin, spans[t * repetitions + i].begin);
      together.end = std::max(together.end, spans[t * repetitions + i].end);
    }
    const double seconds = std::chrono::duration<double>(together.end - together.begin).count();
    found.push_back(measure.amount * threads / seconds);
  }
  return median(std::move(found));
}

void report_share(benchmark::State& state, Limit limit, double amount, int threads) {
  using benchmark::Counter;
  const auto a_second = Counter::kIsIterationInvariantRate;
  state.counters["rate"] = Counter(amount, a_second);
  state.counters["of_limit"] = Counter(amount / machine_limit(limit, threads), a_second);
}

void run_scaling(benchmark::State& state, int threads, const std::function<void(int threads)>& work) {
  const auto seconds = [&](int n) {
    const auto start = Clock::now();
    work(n);
    return seconds_since(start);
  };
  std::vector<double> speedups, loop_speedups;
  for (auto _ : state) {
    const double loops_alone = machine_limit(Limit::loops);
    const double alone = seconds(1);
    const double together = seconds(threads);
    loop_speedups.push_back(machine_limit(Limit::loops, threads) / loops_alone);
    speedups.push_back(alone / together);
    state.SetIterationTime(together);
  }
  const double speedup = median(speedups), loops_speedup = median(loop_speedups);
  state.counters["speedup"] = speedup;
  state.counters["loops_speedup"] = loops_speedup;
  state.counters["of_loops"] = speedup / loops_speedup;
}

}  // namespace cartwheel::bench
