#include "measured.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace cartwheel_job {
namespace {

/// VmRSS (memory in use now) or VmHWM (its peak) of this process.
double status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (word == key + ":") {
      double kibibytes = 0.0;
      status >> kibibytes;
      return 1024.0 * kibibytes;
    }
  return 0.0;
}

}  // namespace

Measured measured(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  std::ofstream("/proc/self/clear_refs") << "5" << std::flush;  // the peak starts anew
  const double before = status_bytes("VmRSS");
  double peak = 0.0;
  std::vector<double> seconds;
  double sum = 0.0;
  while (seconds.empty() || (seconds.size() < 9 && sum + seconds.back() < 0.4)) {
    const auto start = Clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    sum += seconds.back();
    if (seconds.size() == 1) peak = status_bytes("VmHWM") - before;
  }
  std::ranges::sort(seconds);
  const std::size_t middle = seconds.size() / 2;
  const double median = seconds.size() % 2 == 1 ? seconds[middle] : std::midpoint(seconds[middle - 1], seconds[middle]);
  return {median, peak};
}

}  // namespace cartwheel_job
