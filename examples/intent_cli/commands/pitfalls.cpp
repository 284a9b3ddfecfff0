#include <cartwheel/pitfalls.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/report.hpp>

#include "command.hpp"
#include "config.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("model", "One of the config's models; by default random_forest, or else the last",
                        cxxopts::value<std::string>()->default_value(""), "M")(
      "test-share", "Of the random split, in (0, 1)", cxxopts::value<std::string>()->default_value("0.25"), "SHARE");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  stopwatch.start("config");
  Config config = read_config(config_path(arguments, pitfalls_command));
  config.require_one_size(pitfalls_command);
  if (arguments.has("seed")) config.experiment.seed = arguments.seed();
  cartwheel::PitfallsOptions options;
  options.model = arguments.text("model");
  options.test_share = arguments.number("test-share", 0.001, 0.999);
  options.progress = arguments.progress();
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log =
      cartwheel::read_events(event_files(arguments, config, pitfalls_command), arguments.read_options(), account);
  stopwatch.start("pitfalls");
  const cartwheel::Pitfalls pitfalls = show_pitfalls(log, config.experiment, options, account);
  const bool csv = arguments.format() == Format::csv;
  finish(arguments, csv ? pitfalls_csv(pitfalls) : pitfalls_text(pitfalls), Json::parse(pitfalls_json(pitfalls)),
         account, stopwatch);
}

}  // namespace

const Command pitfalls_command{"pitfalls",
                               "CONFIG [EVENTS...]",
                               "A careless evaluation beside the honest one",
                               "intent_cli pitfalls examples/intent_cli/experiment.toml events.csv",
                               add_options,
                               run};

}  // namespace intent_cli
