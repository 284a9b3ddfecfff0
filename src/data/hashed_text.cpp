#include "data/hashed_text.hpp"

#include <xxhash.h>

namespace cartwheel::data {

std::uint32_t padded_text::hash_long(const char* text, std::size_t size) {
  return static_cast<std::uint32_t>(XXH3_64bits(text, size) >> 32);
}

}  // namespace cartwheel::data
