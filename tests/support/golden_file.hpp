#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace cartwheel::test {

/// The figures in tests/golden/PATH, such as "bernoulli_nb/bernoulli_nb.json".
inline nlohmann::json golden_file(const std::string& path) {
  std::ifstream file(std::string(CARTWHEEL_GOLDEN_DIR) + "/" + path);
  if (!file) throw std::runtime_error("no golden file " + path);
  return nlohmann::json::parse(file);
}

}  // namespace cartwheel::test
