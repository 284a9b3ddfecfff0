#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace cartwheel::test {

/// A file of ../shared/data, which is no part of the repository.
inline std::filesystem::path shared_data(const std::string& name) {
  return std::filesystem::path(CARTWHEEL_SHARED_DATA_DIR) / name;
}

}  // namespace cartwheel::test

/// Leaves the test aloud where the folder is not there.
#define CARTWHEEL_NEEDS_SHARED_DATA() \
  if (!std::filesystem::exists(CARTWHEEL_SHARED_DATA_DIR)) GTEST_SKIP() << "no data at " << CARTWHEEL_SHARED_DATA_DIR
