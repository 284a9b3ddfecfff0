#pragma once

#include <cstddef>
#include <string_view>

namespace cartwheel::core {

/// A file without a name in the folder for temporary files (TMPDIR, or /tmp): it is gone when it is closed, however the
/// program ends.
class UnlinkedFile {
 public:
  /// @throws DataError that names the folder if there cannot be one.
  UnlinkedFile();
  ~UnlinkedFile();
  UnlinkedFile(const UnlinkedFile&) = delete;
  UnlinkedFile& operator=(const UnlinkedFile&) = delete;

  int descriptor() const { return descriptor_; }
  /// Adds to the end. @throws DataError that names the folder, such as for a full disk.
  void write(std::string_view bytes);
  /// Makes the file `bytes` long, with room on the disk for all of them; what is new is zero. @throws as write().
  void reserve(std::size_t bytes);

 private:
  int descriptor_ = -1;
};

}  // namespace cartwheel::core
