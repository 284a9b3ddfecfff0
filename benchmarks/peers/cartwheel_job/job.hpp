#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace cartwheel_job {

/// A job's settings, as the command line has them: NAME=VALUE.
class Settings {
 public:
  explicit Settings(std::map<std::string, std::string> values) : values_(std::move(values)) {}
  /// @throws cartwheel::ParameterError where it was not given.
  const std::string& text(const std::string& name) const;
  /// @throws cartwheel::ParameterError where it was not given, or is no number.
  double number(const std::string& name) const;
  int integer(const std::string& name) const { return static_cast<int>(number(name)); }
  bool has(const std::string& name) const { return values_.contains(name); }

 private:
  std::map<std::string, std::string> values_;
};

/// Each job reads its input, does what is measured, and returns {"seconds": {STAGE: s}, "peak_bytes": n, ...}.
using Job = nlohmann::json(const Settings&);
Job ingest, sessions, features, forest, linear, bayes, grid;

}  // namespace cartwheel_job
