#pragma once

#include <array>
#include <string_view>

#include "arguments.hpp"

namespace intent_cli {

/// One command: what its help says, which options it takes, what it does.
struct Command {
  std::string_view name;
  std::string_view usage;    ///< After "intent_cli NAME", such as "EVENTS... --out log.cwlog".
  std::string_view summary;  ///< One line.
  std::string_view example;  ///< A whole command line.
  void (*add_options)(cxxopts::Options& options);
  void (*run)(const Arguments& arguments);
};

extern const Command generate_command, eda_command, prepare_command, run_command, fit_command, predict_command,
    explain_command, errors_command, audit_command, pitfalls_command, features_command, serve_command, table_command;

inline constexpr std::array<const Command*, 13> commands{
    &generate_command, &eda_command,     &prepare_command, &run_command,   &fit_command,
    &predict_command,  &explain_command, &errors_command,  &audit_command, &pitfalls_command,
    &features_command, &serve_command,   &table_command};

}  // namespace intent_cli
