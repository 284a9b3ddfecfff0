#include <cartwheel/read_events.hpp>

#include "command.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("out", "The cache to write, such as log.cwlog", cxxopts::value<std::string>(), "FILE");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const std::string out = arguments.required("out");
  const auto files = arguments.event_files();
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, arguments.read_options(), account);
  stopwatch.start("write");
  cartwheel::write_event_cache(log, files, arguments.read_options(), out);
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
