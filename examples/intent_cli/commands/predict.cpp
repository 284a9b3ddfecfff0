#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/report.hpp>
#include <cartwheel/report_page.hpp>
#include <numeric>

#include "command.hpp"
#include "core/time.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

using cartwheel::Prediction;

void add_options(cxxopts::Options& options) {
  options.add_options()("model", "The model file", cxxopts::value<std::string>(), "FILE")(
      "out", "The CSV file to write; without it, standard output", cxxopts::value<std::string>(), "FILE")(
      "html", "Write a page for people, too: aggregates, no ids", cxxopts::value<std::string>(), "FILE");
}

Json to_json(const std::vector<Prediction>& predictions) {
  Json list = Json::array();
  for (const Prediction& row : predictions) {
    list.push_back({{"user_session", row.user_session},
                    {"start", cartwheel::core::format_time(row.start)},
                    {"probability", row.probability},
                    {"decision", row.decision},
                    {"label", row.label ? Json(*row.label) : Json()}});
  }
  return list;
}

void account_for(const cartwheel::Pipeline& pipeline, const cartwheel::SessionTable& sessions,
                 cartwheel::Account& account) {
  account.add("sessions scored", static_cast<std::int64_t>(sessions.size()));
  account.add(
      "of these, started before the model's training ended",
      std::ranges::count_if(sessions.start, [&](std::int64_t start) { return start <= pipeline.provenance.train_end; }),
      "what was learned may know their future: scores of later sessions alone are honest");
  std::vector<std::uint32_t> rows(sessions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  pipeline.extractor->count_values(sessions, rows, account);
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const auto files = arguments.event_files();
  stopwatch.start("load");
  const cartwheel::Pipeline pipeline = cartwheel::load_pipeline(arguments.required("model"));
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log =
      cartwheel::read_events(files, arguments.read_options(arguments.has("out") ? arguments.text("out") : ""), account);
  stopwatch.start("sessions");
  say_memory(arguments, log, pipeline.session);
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(log, pipeline.session, account);
  stopwatch.start("predict");
  const std::vector<Prediction> predictions = predict_sessions(pipeline, sessions);
  account_for(pipeline, sessions, account);

  stopwatch.start("write");
  if (arguments.has("html")) {
    const cartwheel::ScoredSessions scored{std::string(pipeline.model->name()), pipeline.threshold,
                                           pipeline.provenance.train_end, predictions};
    cartwheel::ReportContents contents;
    contents.title = "Scores of a log";
    contents.command = "predict";
    contents.seed = pipeline.provenance.seed;
    contents.data = cartwheel::identify_data(files, arguments.seed()).files;
    contents.account = &account;
    contents.scored = &scored;
    write_file(arguments.text("html"), cartwheel::report_page(cartwheel::report_document(contents)));
  }
  if (!arguments.has("out")) {
    const bool json = arguments.format() == Format::json;
    return finish(arguments, json ? "" : predictions_csv(predictions), json ? to_json(predictions) : Json(), account,
                  stopwatch);
  }
  write_file(arguments.text("out"), predictions_csv(predictions));
  finish(arguments, "", {{"file", arguments.text("out")}, {"sessions", predictions.size()}}, account, stopwatch);
}

}  // namespace

const Command predict_command{"predict",
                              "EVENTS... --model model.cwm [--out predictions.csv] [--html scores.html]",
                              "Score the sessions of a log",
                              "intent_cli predict events.csv --model model.cwm --out predictions.csv",
                              add_options,
                              run};

}  // namespace intent_cli
