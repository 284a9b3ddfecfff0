#include "core/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cartwheel/error.hpp>
#include <cerrno>
#include <cstring>

namespace cartwheel::core {
namespace {
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
  throw DataError(fmt::format("cannot read {}: {}", path.string(), std::strerror(reason)));
}
}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.value < 0) fail(path, errno);
  map(file.value, path);
}

MappedFile::MappedFile(int descriptor, const std::filesystem::path& name) { map(descriptor, name); }

void MappedFile::map(int descriptor, const std::filesystem::path& name) {
  struct ::stat status = {};
  if (::fstat(descriptor, &status) != 0) fail(name, errno);
  if (S_ISDIR(status.st_mode)) throw DataError(fmt::format("cannot read {}: it is a directory", name.string()));
  if (!S_ISREG(status.st_mode)) throw DataError(fmt::format("cannot read {}: it is not a regular file", name.string()));
  identity_ = {static_cast<std::uint64_t>(status.st_size),
               std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_ino};
  if (status.st_size == 0) return;  // an empty file cannot be mapped
  const auto size = static_cast<std::size_t>(status.st_size);
  // The file is laid over memory that has room behind it: its last page may be full.
  void* const memory = ::mmap(nullptr, size + padding, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(name, errno);
  if (::mmap(memory, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) == MAP_FAILED) {
    const int reason = errno;
    ::munmap(memory, size + padding);
    fail(name, reason);
  }
  mapped_ = size + padding;
  bytes_ = {static_cast<const char*>(memory), size};
}

MappedFile::~MappedFile() {
  if (mapped_ > 0) ::munmap(const_cast<char*>(bytes_.data()), mapped_);
}

}  // namespace cartwheel::core
