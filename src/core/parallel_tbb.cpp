#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cartwheel/error.hpp>
#include <memory>
#include <string>

#include "core/first_exception.hpp"
#include "core/parallel.hpp"

namespace cartwheel::core {

void with_threads(int threads, const std::function<void()>& work) {
  if (threads < 0 || threads > 1024)
    throw ParameterError("threads is " + std::to_string(threads) +
                         "; it must be in [0, 1024], where 0 means one a core");
  if (threads == 0) return work();
  // TBB holds no more workers than there are cores unless it is told to.
  std::unique_ptr<tbb::global_control> allow;
  if (threads > tbb::info::default_concurrency())
    allow = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
  tbb::task_arena(threads).execute(work);
}

int thread_count() { return tbb::this_task_arena::max_concurrency(); }

void parallel_for(std::size_t n, const std::function<void(std::size_t)>& body) {
  if (n == 1) return body(0);  // a single session is scored in less time than it takes to ask for help
  FirstException failure;
  tbb::parallel_for(std::size_t{0}, n, [&](std::size_t i) { failure.run(i, body); });
  failure.rethrow();
}

}  // namespace cartwheel::core
