#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/read_table.hpp>
#include <cartwheel/version.hpp>
#include <numeric>

#include "command.hpp"
#include "output.hpp"
#include "settings.hpp"

namespace intent_cli {
namespace {

using cartwheel::NumericTable;

void add_options(cxxopts::Options& options) {
  options.add_options()("train", "The table to fit on: numbers, with a header line", cxxopts::value<std::string>(),
                        "T.csv")("test", "The table to score; without it, the training table itself",
                                 cxxopts::value<std::string>(), "U.csv")("target", "The column of labels, 0 or 1",
                                                                         cxxopts::value<std::string>(), "COLUMN")(
      "model", "bernoulli_nb, logistic_regression, decision_tree or random_forest", cxxopts::value<std::string>(), "M")(
      "set", "A parameter of the model, such as alpha=0.5; may be repeated", cxxopts::value<std::vector<std::string>>(),
      "KEY=VALUE")("out", "The CSV file of row,probability to write", cxxopts::value<std::string>(), "FILE")(
      "save", "The model file to write", cxxopts::value<std::string>(), "FILE");
}

std::string as_csv(const NumericTable& table, const std::vector<double>& probability) {
  std::string text = "row,probability\n";
  for (std::size_t i = 0; i < probability.size(); ++i)
    fmt::format_to(std::back_inserter(text), "{},{}\n", table.row_numbers[i], probability[i]);
  return text;
}

/// How good the scores are, where the labels are known.
Json metrics_of(const std::vector<std::uint8_t>& y, const std::vector<double>& probability) {
  const cartwheel::Confusion confusion = cartwheel::confusion(y, probability, cartwheel::default_threshold);
  const auto auc = cartwheel::roc_auc(y, probability);
  const auto positives = std::accumulate(y.begin(), y.end(), std::uint64_t{0});
  return {{"f1_score", confusion.f1()},
          {"average_precision", cartwheel::average_precision(y, probability)},
          {"roc_auc", auc ? Json(*auc) : Json()},
          {"log_loss", cartwheel::log_loss(y, probability)},
          {"brier", cartwheel::brier_score(y, probability)},
          {"precision", confusion.precision()},
          {"recall", confusion.recall()},
          {"accuracy", confusion.accuracy()},
          {"base_rate", static_cast<double>(positives) / static_cast<double>(y.size())}};
}

std::string as_text(const Json& metrics, std::string_view scored) {
  std::string text = fmt::format("scores of {}\n", scored);
  for (const auto& [name, value] : metrics.items())
    text += fmt::format("  {:<18} {}\n", name, value.is_null() ? "-" : fmt::format("{:.4f}", value.get<double>()));
  return text;
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  if (!arguments.positional().empty())
    throw cartwheel::ParameterError(
        fmt::format("table takes no '{}'; name the tables with --train and --test, for example: {}",
                    arguments.positional()[0], table_command.example));
  const std::string model = arguments.required("model"), train_file = arguments.required("train");
  const cartwheel::Parameters given = parse_model_settings(arguments.texts("set"));
  cartwheel::Pipeline pipeline;
  pipeline.provenance.parameters = cartwheel::check_parameters(model, given);

  cartwheel::ReadTableOptions read;
  read.delimiter = arguments.read_options().delimiter;
  read.on_bad_row = arguments.read_options().on_bad_row;
  read.target = arguments.required("target");
  cartwheel::Account account;
  stopwatch.start("read");
  const NumericTable train = cartwheel::read_table(train_file, read, account);

  stopwatch.start("fit");
  pipeline.model = cartwheel::fit_model(model, given, train.x, train.y, {arguments.seed()});
  pipeline.provenance.library_version = cartwheel::version();
  pipeline.provenance.seed = arguments.seed();
  pipeline.provenance.train_rows = train.y.size();
  pipeline.provenance.train_positives = std::accumulate(train.y.begin(), train.y.end(), std::uint64_t{0});
  stopwatch.stop();
  if (arguments.has("save")) save_pipeline(pipeline, arguments.text("save"));

  NumericTable test;
  if (arguments.has("test")) {
    read.target_required = false;
    read.columns = train.x.names();
    stopwatch.start("read_test");
    test = cartwheel::read_table(arguments.text("test"), read, account);
  }
  const NumericTable& scored = arguments.has("test") ? test : train;
  stopwatch.start("predict");
  const std::vector<double> probability = pipeline.predict_proba(scored.x);
  stopwatch.stop();

  if (arguments.has("out")) write_file(arguments.text("out"), as_csv(scored, probability));
  std::vector<std::string> warnings = pipeline.model->warnings();
  if (!arguments.has("test"))
    warnings.push_back("no --test: these are scores of the rows that the model was fitted on");
  warn(arguments, warnings);
  const Json metrics = scored.y.empty() ? Json::object() : metrics_of(scored.y, probability);
  std::string text;
  if (arguments.format() == Format::csv)
    text = as_csv(scored, probability);
  else if (!metrics.empty())
    text = as_text(metrics, arguments.has("test") ? arguments.text("test") : train_file);
  finish(arguments, text,
         {{"model", model}, {"rows", probability.size()}, {"metrics", metrics}, {"warnings", warnings}}, account,
         stopwatch);
}

}  // namespace

const Command table_command{"table",
                            "--train T.csv [--test U.csv] --target COLUMN --model M",
                            "Fit a model on any numeric table, and score another",
                            "intent_cli table --train t.csv --test u.csv --target y --model bernoulli_nb",
                            add_options,
                            run};

}  // namespace intent_cli
