#pragma once

#include <cartwheel/report_page.hpp>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"

namespace intent_cli {

/// What report.html holds besides the experiment itself. Without a choice: what costs little beside it.
struct ReportParts {
  bool page = true;
  bool exploration = true, features = true, errors = true;
  bool pitfalls = false, audit = false;
};
/// "standard", "full" or "none", or some of "exploration", "features", "errors", "pitfalls", "audit".
/// @throws cartwheel::ParameterError with a suggestion.
ReportParts parse_report_parts(std::span<const std::string> words);

struct Config;

/// How ids are shown on a page: hashed, unless --show-ids. @throws cartwheel::DataError for a file that is not there.
std::function<std::string(std::string_view)> shown_ids(const Arguments& arguments,
                                                       const cartwheel::DataIdentity& identity);

/// A run whose results are there, for its page.
struct FinishedRun {
  const Config& config;
  std::filesystem::path config_path;
  std::span<const std::filesystem::path> files;
  const cartwheel::EventLog& log;
  const cartwheel::Account& account;
  const cartwheel::ExperimentResult& experiment;
  const cartwheel::SessionTable* sessions = nullptr;  ///< None where several window lengths were compared.
  const cartwheel::Earliness* earliness = nullptr;
};
/// Computes the parts that are wanted, and writes the page. A part that the data cannot give is named on the page, with
/// the reason.
void write_report(const Arguments& arguments, const FinishedRun& run, const ReportParts& parts,
                  const std::filesystem::path& path);

}  // namespace intent_cli
