#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "core/unlinked_file.hpp"

namespace cartwheel::core {

/// Memory of one owner that grows without being copied: large regions are mapped, in huge pages where the system grants
/// them, and grow by moving their page tables. New memory is zero. A region on disk lies in an unlinked temporary file,
/// whose pages the system writes out and takes back when memory is short.
class MemoryRegion {
 public:
  MemoryRegion() = default;
  ~MemoryRegion() { release(); }
  MemoryRegion(MemoryRegion&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        file_(std::move(other.file_)) {}
  static MemoryRegion on_disk();
  MemoryRegion& operator=(MemoryRegion&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(file_, other.file_);
    return *this;
  }

  char* data() const { return data_; }
  std::size_t capacity() const { return capacity_; }

  /// Makes the capacity at least `bytes`; what is there stays, perhaps at another address.
  /// @throws std::bad_alloc if there is no room, DataError for a region on disk; the region is then as it was.
  void grow(std::size_t bytes);

 private:
  void release() noexcept;
  void grow_on_heap(std::size_t bytes);
  void grow_mapped(std::size_t bytes);
  void grow_on_disk(std::size_t bytes);
  bool is_mapped() const;

  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::unique_ptr<UnlinkedFile> file_;  ///< Of a region on disk.
};

}  // namespace cartwheel::core
