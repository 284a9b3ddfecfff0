#pragma once

#include <atomic>
#include <cartwheel/progress.hpp>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace cartwheel::selection {

/// Counts finished fits from any thread, and tells the callback: one thread at a time, about a thousand times at most.
class ProgressMeter {
 public:
  /// @param callback  may be empty; must outlive the meter. @throws Cancelled
  ProgressMeter(const ProgressCallback& callback, std::string_view stage, std::uint64_t total);

  /// Call before a fit. @throws Cancelled once the callback has asked to stop.
  void check() const;
  /// Call after a fit. @throws Cancelled
  void finish_one();

 private:
  void tell(std::uint64_t done);

  const ProgressCallback& callback_;
  std::string_view stage_;
  std::uint64_t total_, told_every_;
  std::uint64_t done_ = 0;
  std::mutex mutex_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace cartwheel::selection
