#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/test_paths.hpp"

namespace cartwheel::test {

/// A file of ../shared/data, which is no part of the repository.
inline std::filesystem::path shared_data(const std::string& name) {
  return std::filesystem::path(shared_data_dir()) / name;
}

}  // namespace cartwheel::test

/// Leaves the test aloud where the folder is not there.
#define CARTWHEEL_NEEDS_SHARED_DATA()                                 \
  if (!std::filesystem::exists(::cartwheel::test::shared_data_dir())) \
  GTEST_SKIP() << "no data at " << ::cartwheel::test::shared_data_dir()
