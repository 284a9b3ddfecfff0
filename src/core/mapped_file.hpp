#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace cartwheel::core {

/// What identifies one state of a file without reading it.
struct FileIdentity {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  ///< Since 1970-01-01 UTC.
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// A regular file mapped into memory, read-only. Not copyable; the view lives as long as the object. At least `padding`
/// bytes behind the file can be read, too, so that loops may take several bytes at a time; what they hold means
/// nothing.
class MappedFile {
 public:
  static constexpr std::size_t padding = 64;

  /// @throws DataError naming the file if it is missing, a directory, not a regular file, or unreadable.
  explicit MappedFile(const std::filesystem::path& path);
  /// Maps a regular file that is open; the descriptor may be closed afterwards. @param name  what messages call it.
  MappedFile(int descriptor, const std::filesystem::path& name);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }
  const FileIdentity& identity() const { return identity_; }

 private:
  void map(int descriptor, const std::filesystem::path& name);

  std::string_view bytes_;
  std::size_t mapped_ = 0;  ///< Bytes, the padding included.
  FileIdentity identity_;
};

}  // namespace cartwheel::core
