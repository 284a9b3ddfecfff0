#include "core/huge_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>

namespace cartwheel::core {

char* map_huge_pages(std::size_t bytes, int protection) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t wanted = (bytes + page - 1) / page * page;
  void* const address = ::mmap(nullptr, wanted + huge_page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(address);
  const std::size_t before = (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
  if (before > 0) ::munmap(begin, before);
  if (before < huge_page) ::munmap(begin + before + wanted, huge_page - before);
#ifdef MADV_HUGEPAGE
  ::madvise(begin + before, wanted, MADV_HUGEPAGE);
#endif
  return begin + before;
}

}  // namespace cartwheel::core
