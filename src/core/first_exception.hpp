#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <limits>
#include <mutex>

namespace cartwheel::core {

/// Keeps the exception of the lowest index, so that a parallel loop reports the error that a serial one would.
class FirstException {
 public:
  /// Runs body(i) unless a lower index has failed already.
  template <class Body>
  void run(std::size_t i, const Body& body) {
    if (i > lowest_.load(std::memory_order_relaxed)) return;
    try {
      body(i);
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (i < lowest_.load(std::memory_order_relaxed)) {
        lowest_.store(i, std::memory_order_relaxed);
        exception_ = std::current_exception();
      }
    }
  }

  /// Call after the loop, from one thread.
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::atomic<std::size_t> lowest_{std::numeric_limits<std::size_t>::max()};
  std::exception_ptr exception_;
  std::mutex mutex_;
};

}  // namespace cartwheel::core
