#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

namespace core {
/// Zeros for arrays of any size. Large ones come straight from the system: a page costs nothing until a thread touches
/// it, and huge pages are asked for, because random access to an array of gigabytes otherwise waits for page tables.
/// @throws std::bad_alloc
void* allocate_zeros(std::size_t bytes);
/// @param bytes  as allocated.
void free_zeros(void* address, std::size_t bytes) noexcept;
}  // namespace core

/// Memory for Column.
template <class T>
class ColumnAllocator {
 public:
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  using value_type = T;

  ColumnAllocator() = default;
  template <class U>
  ColumnAllocator(const ColumnAllocator<U>&) noexcept {}

  T* allocate(std::size_t n) {
    if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(core::allocate_zeros(n * sizeof(T)));
  }
  void deallocate(T* address, std::size_t n) noexcept { core::free_zeros(address, n * sizeof(T)); }

  /// Leaves the memory as it is.
  template <class U>
  void construct(U*) noexcept {}
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) U(std::forward<Arguments>(arguments)...);
  }
  friend bool operator==(const ColumnAllocator&, const ColumnAllocator&) { return true; }
};

/// A vector of numbers that many threads fill: Column(n) and resize(n) do not touch the new elements, so that the
/// thread that fills them gets their memory. A new column's elements are 0 bytes; those that resize adds to a column
/// that has had more may have any value.
template <class T>
using Column = std::vector<T, ColumnAllocator<T>>;

}  // namespace cartwheel
