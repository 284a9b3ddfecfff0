#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/explanation.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/report.hpp>

#include "command.hpp"
#include "core/suggest.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

using cartwheel::DataError;

void add_options(cxxopts::Options& options) {
  options.add_options()("model", "The model file", cxxopts::value<std::string>(), "FILE")(
      "session", "The session's id (user_session), or USER@START where the log names no sessions",
      cxxopts::value<std::string>(),
      "ID")("top", "Features to show, those that matter most; 0: all (CSV and JSON have all)",
            cxxopts::value<std::string>()->default_value("12"),
            "N")("products", "The most viewed products to try in the place of each event's",
                 cxxopts::value<std::string>()->default_value("200"), "N");
}

/// Why the session `id` has no row.
[[noreturn]] void refuse(const cartwheel::SessionTable& sessions, const std::string& id) {
  const cartwheel::Dictionary& ids = sessions.log.sessions();
  for (cartwheel::Code code = 1; code < ids.size(); ++code) {
    if (ids[code] != id) continue;
    const auto events = std::ranges::count(sessions.log.session(), code);
    throw DataError(fmt::format(
        "session '{}' has {} event{}, but no score: the model looks at the first {}, and sessions with "
        "fewer are left out{}",
        id, events, events == 1 ? "" : "s", sessions.options.size,
        sessions.options.label == cartwheel::Label::future ? ", as are those that have a target among them" : ""));
  }
  std::vector<std::string> names;
  for (std::size_t row = 0; row < sessions.size(); ++row) names.push_back(sessions.session_name(row));
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view near = cartwheel::core::nearest(id, known);
  throw DataError(
      fmt::format("the events hold no session '{}'{}; 'intent_cli predict' lists the sessions and their "
                  "scores",
                  id, near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

std::uint32_t find_session(const cartwheel::SessionTable& sessions, const std::string& id) {
  for (std::uint32_t row = 0; row < sessions.size(); ++row)
    if (sessions.session_name(row) == id) return row;
  refuse(sessions, id);
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const std::string id = arguments.required("session");
  const auto top = static_cast<std::size_t>(arguments.integer("top", 0, UINT32_MAX));
  cartwheel::ExplainOptions options;
  options.products = static_cast<std::size_t>(arguments.integer("products", 0, 10'000));
  const auto files = arguments.event_files();
  stopwatch.start("load");
  const cartwheel::Pipeline pipeline = cartwheel::load_pipeline(arguments.required("model"));
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, arguments.read_options(), account);
  stopwatch.start("sessions");
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(log, pipeline.session, account);
  stopwatch.start("explain");
  const cartwheel::Explanation explanation = explain_session(pipeline, sessions, find_session(sessions, id), options);
  const bool csv = arguments.format() == Format::csv;
  finish(arguments, csv ? explanation_csv(explanation) : explanation_text(explanation, top),
         Json::parse(explanation_json(explanation)), account, stopwatch);
}

}  // namespace

const Command explain_command{"explain",
                              "EVENTS... --model model.cwm --session ID",
                              "Why a session got its score, and what would change it",
                              "intent_cli explain events.csv --model model.cwm --session CxMKMQDRAN",
                              add_options,
                              run};

}  // namespace intent_cli
