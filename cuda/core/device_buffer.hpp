#pragma once

#include <cartwheel/error.hpp>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/device_context.hpp"

namespace cartwheel::core {

/// An array in device memory, freed in the order of the stream: a kernel that was launched before may still use it.
template <class T>
class DeviceBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceBuffer() = default;
  /// Room for `size` values that are not set. @param what  what it is for, as DeviceContext::allocate.
  DeviceBuffer(std::size_t size, const char* what)
      : data_(static_cast<T*>(DeviceContext::get().allocate(bytes_of(size), what))), size_(size) {}
  /// A copy of `values`.
  DeviceBuffer(std::span<const T> values, const char* what) : DeviceBuffer(values.size(), what) { set(values); }
  ~DeviceBuffer() {
    if (data_ != nullptr) DeviceContext::get().free(data_);
  }
  DeviceBuffer(DeviceBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }

  /// Copies `values` to places [first, first + values.size()).
  void set(std::span<const T> values, std::size_t first = 0) {
    DeviceContext::get().copy_to_device(data_ + first, values.data(), values.size_bytes());
  }
  void fill_with_zeros() { DeviceContext::get().fill_with_byte(data_, 0, bytes()); }
  /// Copies places [first, first + out.size()) to `out`, and waits for it.
  void get(std::span<T> out, std::size_t first = 0) const {
    DeviceContext::get().copy_to_host(out.data(), data_ + first, out.size_bytes());
  }
  std::vector<T> to_host() const {
    std::vector<T> out(size_);
    get(out);
    return out;
  }

 private:
  static std::size_t bytes_of(std::size_t size) {
    if (size > std::numeric_limits<std::size_t>::max() / sizeof(T))
      throw DeviceError("an array of more than 2^64 bytes was asked for on the GPU; use fewer rows or columns");
    return size * sizeof(T);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cartwheel::core
