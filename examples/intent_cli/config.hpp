#pragma once

#include <cartwheel/experiment.hpp>
#include <filesystem>
#include <vector>

#include "command.hpp"
#include "report_parts.hpp"

namespace intent_cli {

/// What a config file (TOML) says.
struct Config {
  cartwheel::ExperimentOptions experiment;
  /// [data] events, relative to the config file's folder.
  std::vector<std::filesystem::path> events;
  /// [session] size, where it is a list: the window lengths that `run` compares. experiment.session.size is then the
  /// first of them.
  std::vector<int> sizes;
  /// [report] parts
  ReportParts report;

  /// For commands that look at one window length. @throws cartwheel::ParameterError if there are several.
  void require_one_size(const Command& command) const;
};

/// @throws cartwheel::DataError if the file cannot be read or is no TOML; cartwheel::ParameterError with FILE:LINE for
/// an unknown section, key, model or extractor (with a suggestion), or a value that does not fit.
Config read_config(const std::filesystem::path& path);

/// The first positional argument. @throws cartwheel::ParameterError if there is none.
std::filesystem::path config_path(const Arguments& arguments, const Command& command);
/// The files that are named after the config, or else within it. @throws cartwheel::ParameterError if neither are.
std::vector<std::filesystem::path> event_files(const Arguments& arguments, const Config& config,
                                               const Command& command);

}  // namespace intent_cli
