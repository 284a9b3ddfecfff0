#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "support/test_paths.hpp"

namespace cartwheel::test {

/// The figures in tests/golden/PATH, such as "bernoulli_nb/bernoulli_nb.json".
inline nlohmann::json golden_file(const std::string& path) {
  std::ifstream file(std::string(golden_dir()) + "/" + path);
  if (!file) throw std::runtime_error("no golden file " + path);
  return nlohmann::json::parse(file);
}

}  // namespace cartwheel::test
