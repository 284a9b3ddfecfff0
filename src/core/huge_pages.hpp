#pragma once

#include <cstddef>

namespace cartwheel::core {

inline constexpr std::size_t huge_page = std::size_t{2} << 20;

/// New memory of zeros that begins at a huge page's address, because only whole and aligned ones can be huge, and asks
/// for them: a wish, it is as right without. To be freed with munmap.
/// @param protection  as mmap has it. @throws std::bad_alloc
char* map_huge_pages(std::size_t bytes, int protection);

}  // namespace cartwheel::core
