#include "core/memory_region.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "core/huge_pages.hpp"

namespace cartwheel::core {
namespace {

constexpr std::size_t cache_line = 64;

/// Smaller regions lie on the heap.
constexpr std::size_t smallest_mapped = std::size_t{256} << 10;

std::size_t whole_pages(std::size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

}  // namespace

MemoryRegion MemoryRegion::on_disk() {
  MemoryRegion region;
  region.file_ = std::make_unique<UnlinkedFile>();
  return region;
}

bool MemoryRegion::is_mapped() const { return capacity_ >= huge_page; }

void MemoryRegion::release() noexcept {
  if (is_mapped())
    ::munmap(data_, capacity_);
  else
    std::free(data_);
  data_ = nullptr;
  capacity_ = 0;
}

void MemoryRegion::grow(std::size_t bytes) {
  if (bytes <= capacity_) return;
  if (file_ != nullptr)
    grow_on_disk(whole_pages(bytes));
  else if (bytes < smallest_mapped)
    grow_on_heap(bytes);
  else
    grow_mapped(whole_pages(bytes));
}

void MemoryRegion::grow_on_heap(std::size_t bytes) {
  const std::size_t whole_lines = (bytes + cache_line - 1) / cache_line * cache_line;
  char* const moved = static_cast<char*>(std::aligned_alloc(cache_line, whole_lines));
  if (moved == nullptr) throw std::bad_alloc();
  if (capacity_ > 0) std::memcpy(moved, data_, capacity_);
  std::memset(moved + capacity_, 0, whole_lines - capacity_);
  std::free(data_);
  data_ = moved;
  capacity_ = whole_lines;
}

void MemoryRegion::grow_mapped(std::size_t bytes) {
  // Pages that are there take the place of the new ones, which need no memory of their own then.
  char* const place = map_huge_pages(bytes, is_mapped() ? PROT_NONE : PROT_READ | PROT_WRITE);
  if (is_mapped()) {
    if (::mremap(data_, capacity_, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place) == MAP_FAILED) {
      ::munmap(place, bytes);
      throw std::bad_alloc();
    }
  } else {
    if (capacity_ > 0) std::memcpy(place, data_, capacity_);
    std::free(data_);
  }
  data_ = place;
  capacity_ = bytes;
}

void MemoryRegion::grow_on_disk(std::size_t bytes) {
  file_->reserve(bytes);
  void* const place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_->descriptor(), 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  release();
  data_ = static_cast<char*>(place);
  capacity_ = bytes;
}

}  // namespace cartwheel::core
