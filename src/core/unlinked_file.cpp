#include "core/unlinked_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cartwheel/error.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace cartwheel::core {
namespace {

std::filesystem::path temporary_folder() {
  std::error_code none;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(none);
  return none ? "/tmp" : folder;
}

[[noreturn]] void fail(int reason) {
  throw DataError(
      fmt::format("cannot write to a temporary file in {}: {}\n  fix:  name a folder with more room: TMPDIR=FOLDER",
                  temporary_folder().string(), std::strerror(reason)));
}

}  // namespace

UnlinkedFile::UnlinkedFile() {
  std::string name = (temporary_folder() / "cartwheel-XXXXXX").string();
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail(errno);
  ::unlink(name.c_str());
}

UnlinkedFile::~UnlinkedFile() { ::close(descriptor_); }

void UnlinkedFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void UnlinkedFile::reserve(std::size_t bytes) {
  if (const int reason = ::posix_fallocate(descriptor_, 0, static_cast<::off_t>(bytes)); reason != 0) fail(reason);
}

}  // namespace cartwheel::core
