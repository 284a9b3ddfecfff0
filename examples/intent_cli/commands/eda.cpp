#include <cartwheel/error.hpp>
#include <cartwheel/exploration.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/report.hpp>
#include <cartwheel/report_page.hpp>
#include <limits>

#include "command.hpp"
#include "output.hpp"
#include "settings.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("json", "Write everything as JSON, too", cxxopts::value<std::string>(), "FILE")(
      "html", "Write a page for people, too", cxxopts::value<std::string>(), "FILE")(
      "top", "Rows of each ratio table; 0: all. By default 10 in text, all in CSV and JSON",
      cxxopts::value<std::string>(), "N")("min-views", "Leave out of the ratio tables what was viewed less often",
                                          cxxopts::value<std::string>()->default_value("1"), "N")(
      "sizes", "Session sizes to tell apart, from 1 event up", cxxopts::value<std::string>()->default_value("20"), "N")(
      "extractor", "Features to set against the label; none: leave them out",
      cxxopts::value<std::string>()->default_value("V1"), "NAME")(
      "set",
      "A setting: session.label=window, session.size=5, label.target=cart, extractor.session_size=2; may be repeated",
      cxxopts::value<std::vector<std::string>>(), "KEY=VALUE");
}

cartwheel::ExploreOptions options_of(const Arguments& arguments) {
  const FitSettings settings = parse_fit_settings(arguments.texts("set"));
  if (!settings.model_parameters.empty())
    throw cartwheel::ParameterError(
        "--set " + settings.model_parameters.begin()->first +
        ": eda knows settings of session., label. and extractor. (see: intent_cli eda --help)");
  cartwheel::ExploreOptions options;
  options.sessions = settings.options.session;
  options.min_views = arguments.integer("min-views", 0, std::numeric_limits<std::uint64_t>::max());
  options.sizes = static_cast<int>(arguments.integer("sizes", 1, 1000));
  options.features = arguments.text("extractor") != "none";
  options.extractor = arguments.text("extractor");
  options.extractor_parameters = settings.extractor_parameters;
  options.progress = arguments.progress();
  options.check();
  return options;
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const auto files = arguments.event_files();
  const cartwheel::ExploreOptions options = options_of(arguments);
  const std::size_t top = arguments.has("top") ? arguments.integer("top", 0, UINT32_MAX) : 0;
  state_needs(arguments, files, arguments.read_options());
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, arguments.read_options(), account);
  stopwatch.start("explore");
  say_memory(arguments, log, options);
  const cartwheel::Exploration exploration = explore(log, options, account);
  stopwatch.start("write");
  if (arguments.has("json")) write_file(arguments.text("json"), cartwheel::exploration_json(exploration, top) + "\n");
  if (arguments.has("html")) {
    cartwheel::ReportContents contents;
    contents.title = "A look at the log";
    contents.command = "eda";
    contents.seed = arguments.seed();
    contents.data = cartwheel::identify_data(files, arguments.seed()).files;
    contents.account = &account;
    contents.exploration = &exploration;
    write_file(arguments.text("html"), cartwheel::report_page(cartwheel::report_document(contents)));
  }
  std::string text;
  Json result;
  switch (arguments.format()) {
    case Format::table:
      text = cartwheel::exploration_text(exploration, arguments.has("top") ? top : 10);
      break;
    case Format::csv:
      text = cartwheel::exploration_csv(exploration, top);
      break;
    case Format::json:
      result = Json::parse(cartwheel::exploration_json(exploration, top));
      break;
  }
  finish(arguments, text, result, account, stopwatch);
}

}  // namespace

const Command eda_command{"eda",
                          "EVENTS... [--json exploration.json] [--html exploration.html]",
                          "Look at a log: balance, ratios, seasons, sessions",
                          "intent_cli eda events.csv --min-views 50",
                          add_options,
                          run};

}  // namespace intent_cli
