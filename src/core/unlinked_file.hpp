#pragma once

#include <cstdint>
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

 private:
  int descriptor_ = -1;
};

}  // namespace cartwheel::core
