#include "core/memory_region.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace cartwheel::core {
namespace {

/// Also the alignment of mapped regions: only aligned memory can lie in huge pages.
constexpr std::size_t huge_page = std::size_t{2} << 20;

constexpr std::size_t cache_line = 64;

/// Smaller regions lie on the heap.
constexpr std::size_t smallest_mapped = std::size_t{256} << 10;

std::size_t whole_pages(std::size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

/// Addresses [p, p + bytes) that nothing else uses and nothing backs, p aligned to huge pages.
char* reserve_addresses(std::size_t bytes) {
  void* const address =
      ::mmap(nullptr, bytes + huge_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(address);
  const std::size_t before = (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
  if (before > 0) ::munmap(begin, before);
  if (before < huge_page) ::munmap(begin + before + bytes, huge_page - before);
  return begin + before;
}

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
  char* const place = reserve_addresses(bytes);
  if (is_mapped()) {
    if (::mremap(data_, capacity_, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place) == MAP_FAILED) {
      ::munmap(place, bytes);
      throw std::bad_alloc();
    }
  } else {
    if (::mprotect(place, bytes, PROT_READ | PROT_WRITE) != 0) {
      ::munmap(place, bytes);
      throw std::bad_alloc();
    }
  }
  // A wish: it is as right without. Pages that were used before it are small ones.
  ::madvise(place, bytes, MADV_HUGEPAGE);
  if (!is_mapped()) {
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
