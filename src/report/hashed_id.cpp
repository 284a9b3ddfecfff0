#include <fmt/format.h>
#include <xxhash.h>

#include <cartwheel/report.hpp>

namespace cartwheel {

std::string hashed_id(std::string_view id, std::uint64_t key) {
  return fmt::format("{:012x}", XXH3_64bits_withSeed(id.data(), id.size(), key) >> 16);
}

}  // namespace cartwheel
