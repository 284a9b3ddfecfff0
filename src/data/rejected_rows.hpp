#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/atomic_file.hpp"
#include "data/csv_reader.hpp"
#include "data/reading.hpp"

namespace cartwheel::data {

/// The file of bad rows that were left out: file,line,column,reason,row, where the row is as it was found.
class RejectedRows {
 public:
  /// @throws DataError if `path` cannot be written.
  explicit RejectedRows(const std::filesystem::path& path);

  void add(std::string_view file, const TextPosition& position, Rejection reason, std::string_view row);
  std::int64_t size() const { return size_; }
  /// Puts the file in its place. Call once, last.
  void commit() { file_.commit(); }

 private:
  core::AtomicFile file_;
  std::int64_t size_ = 0;
};

}  // namespace cartwheel::data
