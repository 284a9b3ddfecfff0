#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

/// The one seam to threads. Loops nest (grid, fold, tree, feature) and share one set of threads; results must not
/// depend on how many there are, so a body writes only to places that its index owns.
namespace cartwheel::core {

/// Runs `work` with at most `threads` threads for all loops inside it; 0 keeps those of the caller (at the outermost
/// level: one a core). @throws ParameterError unless threads is in [0, 1024].
void with_threads(int threads, const std::function<void()>& work);

/// How many threads a loop started here may use, at least 1.
int thread_count();

/// Calls body(i) once for each i in [0, n), in any order, perhaps at the same time; returns when all are done.
/// If bodies throw, the exception of the lowest index is passed on; bodies of higher indices may not have run.
void parallel_for(std::size_t n, const std::function<void(std::size_t)>& body);

/// Calls body(begin, end) for consecutive blocks of `block` indices that cover [0, n); the last may be shorter.
/// Blocks do not depend on the number of threads.
template <class Body>
void parallel_for_blocks(std::size_t n, std::size_t block, const Body& body) {
  parallel_for((n + block - 1) / block, [&](std::size_t b) { body(b * block, std::min(n, (b + 1) * block)); });
}

}  // namespace cartwheel::core
