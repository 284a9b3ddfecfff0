#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cartwheel::core {

/// Writes a file so that a crash, a full disk or an interrupt leaves the old file or the new one, never half of one: a
/// temporary file beside the target, fsync, rename, fsync of the folder. Without commit() the temporary file is
/// removed. A target that exists and is neither a file nor a folder (/dev/stdout, a pipe) is written to as it is: there
/// is nothing to replace. A link is followed. Every failure is a DataError that names the file and the reason.
class AtomicFile {
 public:
  /// Creates the temporary file, readable to whom the user's umask allows; the target's folder must exist.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Puts the file in its place. Call once, last.
  void commit();

 private:
  void open_temporary();
  void flush();
  [[noreturn]] void fail(std::string_view action) const;

  std::filesystem::path target_, temporary_;  ///< No temporary file where the target is written to as it is.
  int descriptor_ = -1;
  std::string buffer_;
};

/// Replaces `target` by `bytes`, atomically.
void write_file_atomically(const std::filesystem::path& target, std::string_view bytes);

}  // namespace cartwheel::core
