#pragma once

#include <cartwheel/experiment.hpp>
#include <filesystem>
#include <vector>

namespace intent_cli {

/// What a config file (TOML) says.
struct Config {
  cartwheel::ExperimentOptions experiment;
  /// [data] events, relative to the config file's folder.
  std::vector<std::filesystem::path> events;
};

/// @throws cartwheel::DataError if the file cannot be read or is no TOML; cartwheel::ParameterError with FILE:LINE for
/// an unknown section, key, model or extractor (with a suggestion), or a value that does not fit.
Config read_config(const std::filesystem::path& path);

}  // namespace intent_cli
