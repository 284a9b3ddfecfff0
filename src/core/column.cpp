#include <sys/mman.h>

#include <cartwheel/column.hpp>
#include <cstdlib>

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
  void* const address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  ::madvise(address, bytes, MADV_HUGEPAGE);  // a wish: without huge pages it works, too
#endif
  return address;
}

void free_zeros(void* address, std::size_t bytes) noexcept {
  if (bytes < large)
    std::free(address);
  else
    ::munmap(address, bytes);
}

}  // namespace cartwheel::core
