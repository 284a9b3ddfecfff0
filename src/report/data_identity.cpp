#include <fmt/format.h>
#include <xxhash.h>

#include <cartwheel/error.hpp>
#include <cartwheel/report_page.hpp>
#include <random>

#include "core/mapped_file.hpp"

namespace cartwheel {
namespace {

std::uint64_t drawn_key() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

DataIdentity identify_data(std::span<const std::filesystem::path> files, std::uint64_t seed) {
  DataIdentity identity{{}, seed};
  bool readable = true;
  for (const std::filesystem::path& path : files) {
    DataFile& file = identity.files.emplace_back();
    file.name = path.filename().string();
    std::error_code unknown;
    const bool is_pipe = std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown);
    if (is_pipe || path == "-") {
      readable = false;
      continue;
    }
    const core::MappedFile mapped(path);
    const std::string_view bytes = mapped.bytes();
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    file.bytes = bytes.size();
    file.hash = fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
    identity.id_key = XXH3_64bits_withSeed(bytes.data(), bytes.size(), identity.id_key + 0x9e3779b97f4a7c15);
  }
  if (!readable) identity.id_key = drawn_key();
  return identity;
}

}  // namespace cartwheel
