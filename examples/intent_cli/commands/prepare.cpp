#include <cartwheel/read_events.hpp>

#include "command.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("out", "The cache to write, such as log.cwlog", cxxopts::value<std::string>(), "FILE")(
      "duplicates", "keep: exact repeats of a row are events too; drop: leave them out and count them",
      cxxopts::value<std::string>()->default_value("keep"), "RULE");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const std::string out = arguments.required("out");
  const auto files = arguments.event_files();
  cartwheel::ReadOptions options = arguments.read_options(out);
  constexpr std::string_view rules[] = {"keep", "drop"};
  options.duplicates = static_cast<cartwheel::Duplicates>(arguments.choice("duplicates", rules));
  state_needs(arguments, files, options);
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, options, account);
  stopwatch.start("write");
  cartwheel::write_event_cache(log, files, options, out);
  finish(arguments, "", {{"file", out}, {"events", log.size()}}, account, stopwatch);
}

}  // namespace

const Command prepare_command{"prepare",
                              "EVENTS... --out log.cwlog",
                              "Parse a log once; later commands take the cache",
                              "intent_cli prepare events.csv --out log.cwlog",
                              add_options,
                              run};

}  // namespace intent_cli
