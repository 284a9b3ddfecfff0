#pragma once

#include <cartwheel/device.hpp>
#include <cartwheel/progress.hpp>
#include <cartwheel/read_events.hpp>
#include <cstdint>
#include <cxxopts.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "progress_bar.hpp"

namespace intent_cli {

struct Command;

enum class Format { table, csv, json };

/// One command's line, taken apart and checked: its own options and those common to all commands.
class Arguments {
 public:
  /// @param words  what follows the command's name. @throws cartwheel::ParameterError: what is wrong, the nearest right
  /// spelling, and where the help is.
  Arguments(const Command& command, const std::vector<std::string>& words);

  bool help() const { return parsed_.count("help") > 0; }
  bool has(const std::string& option) const { return parsed_.count(option) > 0; }
  std::string text(const std::string& option) const { return parsed_[option].as<std::string>(); }
  std::vector<std::string> texts(const std::string& option) const;
  /// @throws cartwheel::ParameterError unless the option's text is an integer in [low, high].
  std::uint64_t integer(const std::string& option, std::uint64_t low, std::uint64_t high) const;
  /// @throws cartwheel::ParameterError unless the option's text is a number in [low, high].
  double number(const std::string& option, double low, double high) const;
  /// @throws cartwheel::ParameterError (with a suggestion) unless the option's text is one of `choices`; its index.
  std::size_t choice(const std::string& option, std::span<const std::string_view> choices) const;
  /// @throws cartwheel::ParameterError that asks for the option if it was not given.
  std::string required(const std::string& option) const;

  /// The positional arguments.
  const std::vector<std::string>& positional() const { return positional_; }
  /// The files that the positional arguments from `from` on stand for.
  std::vector<std::filesystem::path> event_files(std::size_t from = 0) const;

  Format format() const { return format_; }
  cartwheel::Device device() const { return device_; }
  int threads() const { return threads_; }
  std::uint64_t seed() const { return seed_; }
  bool quiet() const { return has("quiet"); }
  /// @param out  what the command writes: rows that are skipped go to OUT.rejects.csv. Without it they are counted
  /// only.
  cartwheel::ReadOptions read_options(const std::string& out = {}) const;
  /// A callback that draws the bar, where it is wanted, and stops the work at Ctrl-C.
  cartwheel::ProgressCallback progress() const;

 private:
  const Command& command_;
  cxxopts::ParseResult parsed_;
  std::vector<std::string> positional_;
  Format format_ = Format::table;
  cartwheel::Device device_ = cartwheel::Device::cpu;
  int threads_ = 0;
  std::uint64_t seed_ = 0;
  std::shared_ptr<ProgressBar> bar_;
};

/// The text of `intent_cli NAME --help`, at most 80 columns wide.
std::string help_text(const Command& command);

}  // namespace intent_cli
