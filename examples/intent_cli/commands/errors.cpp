#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/error_analysis.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/report.hpp>
#include <functional>

#include "command.hpp"
#include "core/time.hpp"
#include "output.hpp"
#include "settings.hpp"

namespace intent_cli {
namespace {

using cartwheel::ParameterError;

void add_options(cxxopts::Options& options) {
  options.add_options()("model", "A model file; several, to see where they disagree: repeat the option",
                        cxxopts::value<std::vector<std::string>>(), "FILE")(
      "worst", "Worst false yes and worst false no to show", cxxopts::value<std::string>()->default_value("3"), "N")(
      "events", "Raw events to show of each, the window's always", cxxopts::value<std::string>()->default_value("12"),
      "N")("segments", "Weak segments to show", cxxopts::value<std::string>()->default_value("5"), "N")(
      "depth", "Conditions of a segment at most", cxxopts::value<std::string>()->default_value("3"), "N")(
      "segment-size", "Sessions of a segment at least", cxxopts::value<std::string>()->default_value("50"), "N")(
      "bins", "Bins of the calibration table", cxxopts::value<std::string>()->default_value("10"), "N")(
      "period", "Stretch of time of the drift table", cxxopts::value<std::string>()->default_value("1d"), "DURATION")(
      "profit", "What a true negative, a false positive, a false negative and a true positive bring",
      cxxopts::value<std::string>()->default_value("[0,-1,0,1]"),
      "[N,N,N,N]")("from", "Judge sessions that start at this time or later (UTC)", cxxopts::value<std::string>(),
                   "TIME")("to", "Judge sessions that start before this time (UTC)", cxxopts::value<std::string>(),
                           "TIME")("show-ids", "Show session ids as they are, not hashed");
}

std::optional<std::int64_t> time_of(const Arguments& arguments, const std::string& option) {
  if (!arguments.has(option)) return std::nullopt;
  const auto time = cartwheel::core::parse_time(arguments.text(option));
  if (!time)
    throw ParameterError(fmt::format("--{} is '{}'; it must be a time such as 2021-03-01 or 2021-03-01T12:00:00Z",
                                     option, arguments.text(option)));
  return time;
}

cartwheel::ErrorAnalysisOptions options_of(const Arguments& arguments) {
  const auto count = [&](const char* name, std::uint64_t low, std::uint64_t high) {
    return static_cast<std::size_t>(arguments.integer(name, low, high));
  };
  cartwheel::ErrorAnalysisOptions options;
  options.worst = count("worst", 0, 10'000);
  options.events = count("events", 1, 100'000);
  options.segments = count("segments", 0, 1000);
  options.depth = static_cast<int>(count("depth", 1, 20));
  options.segment_rows = count("segment-size", 2, std::uint64_t{1} << 31);
  options.bins = static_cast<int>(count("bins", 1, 1000));
  const auto period = cartwheel::core::parse_duration(arguments.text("period"));
  if (!period || *period <= 0)
    throw ParameterError(
        fmt::format("--period is '{}'; it must be a duration such as 1d or 12h", arguments.text("period")));
  options.period = *period;
  const cartwheel::ParameterValue profit = cartwheel::parse_parameter(arguments.text("profit"));
  const auto* numbers = std::get_if<std::vector<double>>(&profit);
  if (numbers == nullptr || numbers->size() != 4)
    throw ParameterError(
        fmt::format("--profit is '{}'; it must be four numbers such as [0,-1,0,12]: what a true "
                    "negative, a false positive, a false negative and a true positive bring",
                    arguments.text("profit")));
  options.profit = {(*numbers)[0], (*numbers)[1], (*numbers)[2], (*numbers)[3]};
  options.from = time_of(arguments, "from");
  options.to = time_of(arguments, "to");
  options.check();
  return options;
}

std::vector<cartwheel::NamedPipeline> load_models(const Arguments& arguments) {
  const std::vector<std::string> names = arguments.texts("model");
  if (names.empty()) throw ParameterError(fmt::format("errors needs --model, for example: {}", errors_command.example));
  std::vector<cartwheel::NamedPipeline> models;
  for (const std::string& name : names)
    models.push_back({name, std::make_shared<const cartwheel::Pipeline>(cartwheel::load_pipeline(name))});
  return models;
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const cartwheel::ErrorAnalysisOptions options = options_of(arguments);
  const auto files = arguments.event_files();
  stopwatch.start("load");
  const std::vector<cartwheel::NamedPipeline> models = load_models(arguments);
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, arguments.read_options(), account);
  stopwatch.start("sessions");
  const cartwheel::SessionOptions& session = models.front().pipeline->session;
  say_memory(arguments, log, session);
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(log, session, account);
  stopwatch.start("errors");
  const cartwheel::ErrorAnalysis analysis = analyse_errors(models, sessions, options, account);
  if (analysis.trained_on)
    warn(arguments, {"every one of these sessions starts before the end of a model's training, so these may be the "
                     "sessions that it learned from: its errors look smaller than they are; give a later log"});
  std::function<std::string(std::string_view)> id;
  if (!arguments.has("show-ids"))
    id = [key = key_of_ids(arguments)](std::string_view text) { return cartwheel::hashed_id(text, key); };
  const bool csv = arguments.format() == Format::csv;
  finish(arguments, csv ? errors_csv(analysis) : errors_text(analysis, id), Json::parse(errors_json(analysis, id)),
         account, stopwatch);
}

}  // namespace

const Command errors_command{"errors",
                             "EVENTS... --model model.cwm [--model other.cwm]...",
                             "Where a model is wrong, back to the raw events",
                             "intent_cli errors later.csv --model model.cwm --profit [0,-1,0,12]",
                             add_options,
                             run};

}  // namespace intent_cli
