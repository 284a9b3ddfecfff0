#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cartwheel/error.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace cartwheel::core {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;

/// The file behind a link (or a chain of them), so that the link itself is not replaced.
std::filesystem::path follow_links(std::filesystem::path path) {
  std::error_code error;
  for (int links = 0; links < 40 && std::filesystem::is_symlink(path, error); ++links) {
    const std::filesystem::path next = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / next;
  }
  return path;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  struct ::stat status = {};
  if (::stat(target_.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) throw DataError(fmt::format("cannot write {}: it is a directory", target_.string()));
    if (!S_ISREG(status.st_mode)) {
      descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) fail("write");
      return;
    }
  }
  target_ = follow_links(std::move(target_));
  open_temporary();
}

void AtomicFile::open_temporary() {
  static std::atomic<unsigned> count{0};
  for (;;) {  // a left-over of a process that crashed may have the name already
    temporary_ = fmt::format("{}.{}-{}.tmp", target_.string(), ::getpid(), count++);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) return;
    if (errno != EEXIST) break;
  }
  temporary_.clear();
  fail("write");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail(std::string_view action) const {
  const int reason = errno;
  throw DataError(fmt::format("cannot {} {}: {}", action, target_.string(), std::strerror(reason)));
}

void AtomicFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > buffer_bytes) flush();
  buffer_.append(bytes);
  if (buffer_.size() > buffer_bytes) flush();
}

void AtomicFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ::ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("write");
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

void AtomicFile::commit() {
  flush();
  const bool in_place = temporary_.empty();
  if (::fsync(descriptor_) != 0 && !in_place) fail("write");  // a pipe or a terminal cannot be synchronised
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("write");
  if (in_place) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("replace");
  temporary_.clear();
  const std::filesystem::path folder = target_.has_parent_path() ? target_.parent_path() : ".";
  if (const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); handle >= 0) {
    ::fsync(handle);  // best effort: some file systems refuse it for folders, and the file itself is safe already
    ::close(handle);
  }
}

void write_file_atomically(const std::filesystem::path& target, std::string_view bytes) {
  AtomicFile file(target);
  file.write(bytes);
  file.commit();
}

}  // namespace cartwheel::core
