#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include "core/memory_region.hpp"

namespace cartwheel::core {

/// A vector of plain values for columns of millions: it grows without copying, and resize() sets nothing.
template <class T>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowingArray() = default;
  /// An array in `region`, such as one on disk, which must be new.
  explicit GrowingArray(MemoryRegion region) : region_(std::move(region)) {}
  GrowingArray(GrowingArray&& other) noexcept
      : region_(std::move(other.region_)), size_(std::exchange(other.size_, 0)) {}
  GrowingArray& operator=(GrowingArray&& other) noexcept {
    std::swap(region_, other.region_);
    std::swap(size_, other.size_);
    return *this;
  }

  std::size_t size() const { return size_; }
  T* data() { return reinterpret_cast<T*>(region_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(region_.data()); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  std::span<const T> view() const { return {data(), size_}; }

  void reserve(std::size_t size) {
    if (size * sizeof(T) > region_.capacity())
      region_.grow(std::max(size * sizeof(T), region_.capacity() + region_.capacity() / 2));
  }
  /// New values are whatever lies there.
  void resize(std::size_t size) {
    reserve(size);
    size_ = size;
  }
  void push_back(const T& value) {
    reserve(size_ + 1);
    data()[size_++] = value;
  }
  void append(std::span<const T> values) {
    if (values.empty()) return;
    reserve(size_ + values.size());
    std::memcpy(static_cast<void*>(data() + size_), values.data(), values.size_bytes());
    size_ += values.size();
  }

 private:
  MemoryRegion region_;
  std::size_t size_ = 0;
};

}  // namespace cartwheel::core
