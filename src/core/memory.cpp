#include "core/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <fstream>
#include <limits>
#include <optional>

namespace cartwheel::core {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// The number after `name` in a file of "name number" lines.
std::optional<std::uint64_t> number_in(const char* path, std::string_view name) {
  std::ifstream file(path);
  std::string word;
  while (file >> word)
    if (std::uint64_t number = 0; word == name && file >> number) return number;
  return std::nullopt;
}

/// What the control group leaves; its page cache can be taken back, so only what is not a file's counts.
std::uint64_t left_in_control_group() {
  std::uint64_t limit = 0;
  if (std::ifstream file("/sys/fs/cgroup/memory.max"); !(file >> limit)) return unlimited;  // "max", or no such group
  const std::uint64_t used = number_in("/sys/fs/cgroup/memory.stat", "anon").value_or(0);
  return limit - std::min(limit, used);
}

}  // namespace

std::uint64_t available_memory() {
  const auto kibibytes = number_in("/proc/meminfo", "MemAvailable:");
  return std::min(kibibytes ? *kibibytes * 1024 : unlimited, left_in_control_group());
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr double mebibyte = 1024.0 * 1024.0;
  const auto size = static_cast<double>(bytes);
  if (size >= 1024.0 * mebibyte) return fmt::format("{:.1f} GiB", size / (1024.0 * mebibyte));
  if (size >= mebibyte) return fmt::format("{:.1f} MiB", size / mebibyte);
  return fmt::format("{} bytes", bytes);
}

void require_memory(std::uint64_t bytes, std::string_view what, std::string_view advice) {
  // Small jobs are not worth a look at the system.
  constexpr std::uint64_t small = std::uint64_t{64} << 20;
  if (bytes <= small) return;
  if (const std::uint64_t available = available_memory(); bytes > available)
    throw DataError(fmt::format("{} would need {} of memory, but only {} are available\n  fix:  {}", what,
                                format_bytes(bytes), format_bytes(available), advice));
}

}  // namespace cartwheel::core
