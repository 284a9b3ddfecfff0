#include <fmt/format.h>

#include <cartwheel/generate.hpp>
#include <cartwheel/report.hpp>

#include "command.hpp"
#include "core/atomic_file.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("events", "Events to make", cxxopts::value<std::string>()->default_value("100000"), "N")(
      "days", "Days that they are spread over", cxxopts::value<std::string>()->default_value("158"), "N")(
      "out", "The CSV file to write; without it, standard output", cxxopts::value<std::string>(), "FILE");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  cartwheel::GenerateOptions options;
  options.events = arguments.integer("events", 1, 100'000'000'000);
  options.days = static_cast<int>(arguments.integer("days", 1, 3650));
  options.seed = arguments.seed();
  options.progress = arguments.progress();
  stopwatch.start("generate");
  if (!arguments.has("out")) return cartwheel::generate_events(options, print);

  cartwheel::core::AtomicFile file(arguments.text("out"));
  cartwheel::generate_events(options, [&](std::string_view text) { file.write(text); });
  file.commit();
  cartwheel::Account account;
  account.add("events written", static_cast<std::int64_t>(options.events));
  finish(arguments, "", {{"file", arguments.text("out")}, {"events", options.events}}, account, stopwatch);
}

}  // namespace

const Command generate_command{"generate",
                               "--events N [--seed S] [--out events.csv]",
                               "Make a seeded synthetic log of any size",
                               "intent_cli generate --events 200000 --seed 7 --out events.csv",
                               add_options,
                               run};

}  // namespace intent_cli
