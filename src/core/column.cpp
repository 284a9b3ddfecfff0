#include <sys/mman.h>

#include <cartwheel/column.hpp>
#include <cstdlib>
#include <new>

#include "core/huge_pages.hpp"

namespace cartwheel::core {
namespace {
constexpr std::size_t large = std::size_t{1} << 20;
}

void* allocate_zeros(std::size_t bytes) {
  if (bytes < large) {
    void* const address = std::calloc(bytes == 0 ? 1 : bytes, 1);
    if (address == nullptr) throw std::bad_alloc();
    return address;
  }
  return map_huge_pages(bytes, PROT_READ | PROT_WRITE);
}

void free_zeros(void* address, std::size_t bytes) noexcept {
  if (bytes < large)
    std::free(address);
  else
    ::munmap(address, bytes);
}

}  // namespace cartwheel::core
