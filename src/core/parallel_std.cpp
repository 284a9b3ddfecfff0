#include <atomic>
#include <cartwheel/error.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/first_exception.hpp"
#include "core/parallel.hpp"

// Plain threads, started for each loop: slow, but ThreadSanitizer sees every synchronisation, which it cannot do inside
// a TBB that was not built with it.
namespace cartwheel::core {
namespace {
thread_local int allowed_threads = 0;  // 0: nothing said yet, one a core

struct Allow {
  int before = allowed_threads;
  explicit Allow(int threads) { allowed_threads = threads; }
  ~Allow() { allowed_threads = before; }
  Allow(const Allow&) = delete;
  Allow& operator=(const Allow&) = delete;
};
}  // namespace

void with_threads(int threads, const std::function<void()>& work) {
  if (threads < 0 || threads > 1024)
    throw ParameterError("threads is " + std::to_string(threads) +
                         "; it must be in [0, 1024], where 0 means one a core");
  if (threads == 0) return work();
  const Allow allow(threads);
  work();
}

int thread_count() {
  return allowed_threads > 0 ? allowed_threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(std::size_t n, const std::function<void(std::size_t)>& body) {
  FirstException failure;
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    const Allow serial(1);  // a nested loop runs on the thread that meets it
    for (std::size_t i = next++; i < n; i = next++) failure.run(i, body);
  };
  std::vector<std::jthread> workers;
  for (std::size_t t = 1; t < std::min(n, static_cast<std::size_t>(thread_count())); ++t) workers.emplace_back(take);
  take();
  workers.clear();  // joins
  failure.rethrow();
}

}  // namespace cartwheel::core
