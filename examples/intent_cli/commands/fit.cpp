#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/fit_tuned.hpp>
#include <cartwheel/read_events.hpp>

#include "command.hpp"
#include "core/time.hpp"
#include "output.hpp"
#include "settings.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("model", "bernoulli_nb, logistic_regression, decision_tree or random_forest",
                        cxxopts::value<std::string>(), "M")("extractor", "Features to compute",
                                                            cxxopts::value<std::string>()->default_value("V1"), "NAME")(
      "set",
      "A parameter of the model, such as alpha=0.5; of the extractor: extractor.session_size=2; of a step: "
      "steps.NAME.parameter=value; a setting: "
      "session.label=window, label.horizon=12h; may be repeated",
      cxxopts::value<std::vector<std::string>>(),
      "KEY=VALUE")("validation", "The last stretch of the log, on which the threshold is chosen",
                   cxxopts::value<std::string>()->default_value("7d"),
                   "DURATION")("out", "The model file to write", cxxopts::value<std::string>(), "FILE");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const std::string out = arguments.required("out");
  const FitSettings settings = parse_fit_settings(arguments.texts("set"));
  cartwheel::FitTunedOptions options;
  options.model = arguments.required("model");
  options.model_parameters = settings.model_parameters;
  options.extractor = arguments.text("extractor");
  options.extractor_parameters = settings.extractor_parameters;
  options.steps = settings.steps;
  options.threshold = settings.options.threshold;
  options.threshold.seed = options.seed = arguments.seed();
  const auto validation = cartwheel::core::parse_duration(arguments.text("validation"));
  if (!validation)
    throw cartwheel::ParameterError(
        fmt::format("--validation is '{}'; it must be a duration such as 7d or 36h", arguments.text("validation")));
  options.validation = *validation;
  cartwheel::check_parameters(options.model, options.model_parameters);
  settings.options.session.check();

  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(arguments.event_files(), arguments.read_options(out), account);
  stopwatch.start("sessions");
  say_memory(arguments, log, settings.options.session);
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(log, settings.options.session, account);
  stopwatch.start("fit");
  const cartwheel::FitTunedResult fitted = fit_tuned(sessions, options);
  account.add_all(fitted.account);
  stopwatch.start("write");
  save_pipeline(fitted.pipeline, out);

  warn(arguments, fitted.warnings);
  const cartwheel::Provenance& from = fitted.pipeline.provenance;
  const std::string text = fmt::format("{}: {} ({})\n  trained on {} sessions, {} of them positive; threshold {:.4f}\n",
                                       out, options.model, cartwheel::to_text(from.parameters), from.train_rows,
                                       from.train_positives, fitted.pipeline.threshold);
  Json result{{"file", out},
              {"model", options.model},
              {"train_rows", from.train_rows},
              {"train_positives", from.train_positives},
              {"threshold", fitted.pipeline.threshold},
              {"warnings", fitted.warnings}};
  finish(arguments, text, result, account, stopwatch);
}

}  // namespace

const Command fit_command{"fit",
                          "EVENTS... --model M [--set key=value]... --out model.cwm",
                          "Fit one model on a whole log, for use",
                          "intent_cli fit events.csv --model decision_tree --set min_samples_leaf=15 --out model.cwm",
                          add_options,
                          run};

}  // namespace intent_cli
