#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>

#include "command.hpp"
#include "config.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("out", "Folder for batches.csv, batches.json, search.csv and models/",
                        cxxopts::value<std::string>()->default_value("result"), "DIR");
}

std::vector<std::filesystem::path> event_files(const Arguments& arguments, const Config& config) {
  if (arguments.positional().size() > 1) return arguments.event_files(1);
  if (config.events.empty())
    throw cartwheel::ParameterError(
        fmt::format("run needs events: name a file after the config, or [data] events within it; for example: {}",
                    run_command.example));
  return cartwheel::find_event_files(config.events);
}

std::string as_text(const cartwheel::ExperimentResult& result) {
  std::string text;
  for (const cartwheel::Batch& batch : result.batches) text += timeline_text(batch) + "\n";
  return text + batch_table_text(result);
}

std::vector<std::string> warnings_of(const cartwheel::ExperimentResult& result) {
  std::vector<std::string> warnings;
  for (const cartwheel::SearchRow& row : result.search)
    if (!row.error.empty())
      warnings.push_back(fmt::format("{}: {} {} failed: {}", row.batch, row.model,
                                     cartwheel::to_text(row.model_parameters), row.error));
  for (const cartwheel::BatchRow& row : result.table)
    for (const std::string& warning : row.warnings) warnings.push_back(fmt::format("{}: {}", row.batch, warning));
  return warnings;
}

void run(const Arguments& arguments) {
  if (arguments.positional().empty())
    throw cartwheel::ParameterError(fmt::format("run needs a config file, for example: {}", run_command.example));
  Stopwatch stopwatch;
  stopwatch.start("config");
  Config config = read_config(arguments.positional()[0]);
  if (arguments.has("seed")) config.experiment.seed = arguments.seed();
  config.experiment.progress = arguments.progress();
  const auto files = event_files(arguments, config);
  const std::filesystem::path out = arguments.text("out");

  const cartwheel::ReadOptions options = arguments.read_options(out.string());
  state_needs(arguments, files, options);
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, options, account);
  stopwatch.start("sessions");
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(log, config.experiment.session, account);
  stopwatch.start("experiment");
  const cartwheel::ExperimentResult result = cartwheel::run_experiment(sessions, config.experiment);
  account.add_all(result.account);
  stopwatch.start("write");
  write_experiment(result, out);

  warn(arguments, warnings_of(result));
  if (!arguments.quiet())
    fmt::print(stderr, "written: {}\n", (out / "{batches.csv, batches.json, search.csv, models/}").string());
  finish(arguments, arguments.format() == Format::csv ? batches_csv(result) : as_text(result),
         Json::parse(batches_json(result)), account, stopwatch);
}

}  // namespace

const Command run_command{"run",
                          "CONFIG [EVENTS...] [--out DIR]",
                          "Run the whole experiment; print the batch table",
                          "intent_cli run examples/intent_cli/experiment.toml events.csv --out result",
                          add_options,
                          run};

}  // namespace intent_cli
