#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace cartwheel::tree {

/// Objects that are costly to make and can be used again, one at a time: as many come into being as threads want at
/// once. Thread-safe.
template <class T>
class WorkspacePool {
 public:
  /// Holds an object, and puts it back at the end.
  class Lease {
   public:
    Lease(WorkspacePool& pool, std::unique_ptr<T> object) : pool_(pool), object_(std::move(object)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (!object_) return;  // moved on
      const std::lock_guard lock(pool_.mutex_);
      pool_.free_.push_back(std::move(object_));
    }
    T* operator->() const { return object_.get(); }
    T& operator*() const { return *object_; }

   private:
    WorkspacePool& pool_;
    std::unique_ptr<T> object_;
  };

  /// @param make  () -> std::unique_ptr<T>, called where none is free.
  template <class Make>
  Lease take(const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto object = std::move(free_.back());
        free_.pop_back();
        return Lease(*this, std::move(object));
      }
    }
    return Lease(*this, make());
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace cartwheel::tree
