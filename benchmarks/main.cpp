#include <fmt/format.h>

#include <string>

#include "machine_limits.hpp"

/// The main of every benchmark program: the machine's limits stand above the results (and in --benchmark_out's
/// context). Benchmarks named long_... take minutes and gigabytes, and run where --benchmark_filter asks for them.
int main(int argc, char** argv) {
  using namespace cartwheel::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const auto add_limit = [](const char* name, Limit limit, const char* unit) {
    benchmark::AddCustomContext(name, fmt::format("{:.2f} G{}/s on 1 thread, {:.2f} on 2", 1e-9 * machine_limit(limit),
                                                  unit, 1e-9 * machine_limit(limit, 2)));
  };
  add_limit("limit copy", Limit::copy, "B");
  add_limit("limit read", Limit::read, "B");
  add_limit("limit cell updates", Limit::cell_updates, "");
  add_limit("limit loops", Limit::loops, "steps");
  const std::string filter = benchmark::GetBenchmarkFilter();
  benchmark::RunSpecifiedBenchmarks(filter.empty() || filter == "." ? "-^long_" : filter);
  benchmark::Shutdown();
}
