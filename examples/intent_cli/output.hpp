#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/session_table.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arguments.hpp"

namespace intent_cli {

using Json = nlohmann::ordered_json;

/// A check that a command was asked for did not pass, and its page says why: exit code 5.
struct CheckFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How long each stage of a command took.
class Stopwatch {
 public:
  /// Ends the running stage, and begins the next.
  void start(std::string stage);
  void stop();
  Json seconds() const;

 private:
  std::vector<std::pair<std::string, double>> stages_;
  std::chrono::steady_clock::time_point begin_;
  bool running_ = false;
};

/// Writes to stdout. @throws cartwheel::DataError if it cannot be written, such as on a full disk.
void print(std::string_view text);

/// Prints what every command ends with: with --format json one object (result, account, account_notes, seconds); else
/// `text`, and the account on stderr unless --quiet.
void finish(const Arguments& arguments, std::string_view text, const Json& result, const cartwheel::Account& account,
            Stopwatch& stopwatch);

/// Warnings and notes, on stderr: a line each, "warning: ...". Nothing with --quiet.
void warn(const Arguments& arguments, const std::vector<std::string>& warnings);

/// Says on stderr what a large read will take, before it begins. Nothing with --quiet.
void state_needs(const Arguments& arguments, std::span<const std::filesystem::path> files,
                 const cartwheel::ReadOptions& options);

/// Says on stderr what building sessions of a large log will take, before it is done. Nothing with --quiet.
void say_memory(const Arguments& arguments, const cartwheel::EventLog& log, const cartwheel::SessionOptions& options);

/// The key that this run hashes ids with: drawn anew each time, unless --seed gives one (then the same ids look the
/// same in all pages of that seed).
std::uint64_t key_of_ids(const Arguments& arguments);

/// Writes a result to `path`, atomically.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace intent_cli
