#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/earliness.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>
#include <functional>

#include "command.hpp"
#include "config.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("out", "Folder for batches.csv, batches.json, search.csv, report.html and models/",
                        cxxopts::value<std::string>()->default_value("result"),
                        "DIR")("dry-run", "Show what would be done (fits, shared work, memory), and do none of it")(
      "resume", "Go on with a run that was interrupted: the same config, events and --out")(
      "report",
      "What report.html holds besides the experiment: standard, full, none, or some of exploration, features, errors, "
      "pitfalls, audit (with commas); else what [report] parts in the config says",
      cxxopts::value<std::string>(), "PARTS")("show-ids", "Show ids in report.html as they are, not hashed");
}

std::string megabytes(std::uint64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6); }

std::string memory_text(const cartwheel::ExperimentPlan& plan) {
  return fmt::format("memory, besides the sessions: at most {} of columns, {} of scores, {} of models",
                     megabytes(plan.column_bytes), megabytes(plan.score_bytes), megabytes(plan.model_bytes));
}

/// Says what the search will take, where that may be much.
void say_memory(const Arguments& arguments, const cartwheel::SessionTable& sessions,
                const cartwheel::ExperimentOptions& options) {
  constexpr std::uint64_t much = std::uint64_t{1} << 30;
  if (arguments.quiet()) return;
  const cartwheel::ExperimentPlan plan = cartwheel::plan_experiment(sessions, options);
  if (plan.column_bytes + plan.score_bytes + plan.model_bytes >= much) fmt::print(stderr, "{}\n", memory_text(plan));
}

std::string as_text(const cartwheel::ExperimentPlan& plan) {
  std::string text;
  for (const cartwheel::Batch& batch : plan.batches) text += timeline_text(batch) + "\n";
  const auto line = [&](std::string_view what, std::uint64_t shared, std::uint64_t alone) {
    text += fmt::format("{:<16} {:>12} {:>12}\n", what, shared, alone);
  };
  text += fmt::format("{:<16} {:>12} {:>12}\n", "search", "to do", "if unshared");
  line("extractor fits", plan.shared.extractor_fits, plan.alone.extractor_fits);
  line("step fits", plan.shared.step_fits, plan.alone.step_fits);
  line("model fits", plan.shared.model_fits, plan.alone.model_fits);
  line("models scored", plan.shared.combinations, plan.alone.combinations);
  text += fmt::format("{:<16} {:>12}\n", "final fits", plan.final_fits);
  text += fmt::format("{}; journal {}\n", memory_text(plan), megabytes(plan.journal_bytes));
  return text;
}

Json as_json(const cartwheel::SearchWork& work) {
  return {{"extractor_fits", work.extractor_fits},
          {"step_fits", work.step_fits},
          {"model_fits", work.model_fits},
          {"models_scored", work.combinations}};
}

Json as_json(const cartwheel::ExperimentPlan& plan) {
  return {{"batches", plan.batches.size()},          {"work", as_json(plan.shared)},
          {"work_if_unshared", as_json(plan.alone)}, {"final_fits", plan.final_fits},
          {"column_bytes", plan.column_bytes},       {"score_bytes", plan.score_bytes},
          {"model_bytes", plan.model_bytes},         {"journal_bytes", plan.journal_bytes}};
}

/// "a,b" as {"a", "b"}.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text)
    if (c == ',')
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

/// As a shell takes it for one word.
std::string shell_word(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// The command that goes on with this run.
std::string resuming_command(const Arguments& arguments) {
  std::string text = "intent_cli run";
  for (const std::string& word : arguments.positional()) text += " " + shell_word(word);
  text += " --out " + shell_word(arguments.text("out"));
  if (arguments.has("seed")) text += fmt::format(" --seed {}", arguments.seed());
  if (arguments.has("report")) text += " --report " + shell_word(arguments.text("report"));
  if (arguments.has("show-ids")) text += " --show-ids";
  return text + " --resume";
}

std::string as_text(const cartwheel::ExperimentResult& result) {
  std::string text;
  for (const cartwheel::Batch& batch : result.batches) text += timeline_text(batch) + "\n";
  return text + batch_table_text(result) + "\n" + regret_table_text(result);
}

std::vector<std::string> warnings_of(const cartwheel::ExperimentResult& result) {
  std::vector<std::string> warnings;
  for (const cartwheel::SearchRow& row : result.search)
    if (!row.error.empty())
      warnings.push_back(fmt::format("{}: {} {} failed: {}", row.batch, row.model,
                                     cartwheel::to_text(row.model_parameters), row.error));
  // What is said of several batches is said once.
  std::vector<std::pair<std::string, std::vector<std::string>>> batches_of;
  for (const cartwheel::BatchRow& row : result.table)
    for (const std::string& warning : row.warnings) {
      auto said = std::ranges::find(batches_of, warning, [](const auto& each) { return each.first; });
      if (said == batches_of.end()) said = batches_of.insert(said, {warning, {}});
      said->second.push_back(row.batch);
    }
  for (const auto& [warning, batches] : batches_of)
    warnings.push_back(fmt::format("{}: {}", fmt::join(batches, ", "), warning));
  return warnings;
}

void show(const Arguments& arguments, const cartwheel::ExperimentResult& result, bool has_page,
          const cartwheel::Account& account, Stopwatch& stopwatch) {
  warn(arguments, warnings_of(result));
  if (!arguments.quiet())
    fmt::print(stderr, "written: {}\n",
               (std::filesystem::path(arguments.text("out")) /
                (has_page ? "{batches.csv, batches.json, search.csv, report.html, models/}"
                          : "{batches.csv, batches.json, search.csv, models/}"))
                   .string());
  finish(arguments, arguments.format() == Format::csv ? batches_csv(result) : as_text(result),
         Json::parse(batches_json(result)), account, stopwatch);
}

/// What a run that was interrupted left is not thrown away by one that does not go on with it.
void set_aside(const Arguments& arguments, const std::filesystem::path& journal) {
  std::error_code ignored;
  if (std::filesystem::file_size(journal, ignored) == 0 || ignored) return;
  std::filesystem::path aside = journal;
  aside += ".old";
  std::filesystem::rename(journal, aside);
  warn(arguments,
       {fmt::format("{} of a run that was interrupted is now {}; --resume would have gone on with it: move it "
                    "back to do so",
                    journal.string(), aside.string())});
}

/// The experiment once for each window length of the config.
void run_lengths(const Arguments& arguments, const Config& config, const std::vector<std::filesystem::path>& files,
                 const cartwheel::EventLog& log, cartwheel::Account& account, Stopwatch& stopwatch) {
  const std::filesystem::path out = arguments.text("out");
  const auto journal = [&](int size) { return out / fmt::format("size_{}_search.journal", size); };
  if (!config.experiment.resume)
    for (const int size : config.sizes) set_aside(arguments, journal(size));
  stopwatch.start("experiment");
  const cartwheel::Earliness earliness = run_earliness(log, config.experiment, config.sizes, account);
  stopwatch.start("write");
  write_earliness(earliness, out);
  for (const int size : config.sizes) std::filesystem::remove(journal(size));
  std::vector<std::string> warnings;
  for (const cartwheel::EarlinessRun& length : earliness.runs) {
    for (const std::string& warning : warnings_of(length.result))
      warnings.push_back(fmt::format("size {}: {}", length.size, warning));
    account.add(fmt::format("combinations tried, windows of {}", length.size),
                static_cast<std::int64_t>(length.result.search.size()));
  }
  warn(arguments, warnings);
  if (config.report.page) {
    stopwatch.start("report");
    write_report(arguments,
                 {config, config_path(arguments, run_command), files, log, account, earliness.runs.front().result,
                  nullptr, &earliness},
                 config.report, out / "report.html");
  }
  if (!arguments.quiet())
    fmt::print(stderr, "written: {}\n",
               (out / (config.report.page ? "{batches.json, earliness.csv, report.html, size_N/}"
                                          : "{batches.json, earliness.csv, size_N/}"))
                   .string());
  finish(arguments, arguments.format() == Format::csv ? earliness_csv(earliness) : earliness_text(earliness),
         Json::parse(earliness_json(earliness)), account, stopwatch);
}

/// What is finished is kept in the journal: says how to go on with it after `work` was interrupted.
void resumable(const Arguments& arguments, const std::function<void()>& work) {
  try {
    work();
  } catch (const cartwheel::Cancelled&) {
    fmt::print(stderr, "\nwhat is finished is kept; to go on: {}\n", resuming_command(arguments));
    throw;
  }
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  stopwatch.start("config");
  Config config = read_config(config_path(arguments, run_command));
  if (arguments.has("seed")) config.experiment.seed = arguments.seed();
  if (arguments.has("report")) config.report = parse_report_parts(words_of(arguments.text("report")));
  config.experiment.progress = arguments.progress();
  const auto files = event_files(arguments, config, run_command);
  const std::filesystem::path out = arguments.text("out");
  config.experiment.journal = out / "search.journal";
  config.experiment.resume = arguments.has("resume");

  const cartwheel::ReadOptions options = arguments.read_options(out.string());
  state_needs(arguments, files, options);
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log = cartwheel::read_events(files, options, account);
  if (config.sizes.size() > 1 && !arguments.has("dry-run"))
    return resumable(arguments, [&] { run_lengths(arguments, config, files, log, account, stopwatch); });
  stopwatch.start("sessions");
  say_memory(arguments, log, config.experiment.session);
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(log, config.experiment.session, account);
  if (arguments.has("dry-run")) {
    stopwatch.start("plan");
    if (config.sizes.size() > 1)
      warn(arguments, {fmt::format("the plan is that of windows of {} events; there are {} lengths, each with its own",
                                   config.experiment.session.size, config.sizes.size())});
    const cartwheel::ExperimentPlan plan = cartwheel::plan_experiment(sessions, config.experiment);
    return finish(arguments, as_text(plan), as_json(plan), account, stopwatch);
  }
  if (!config.experiment.resume)
    set_aside(arguments, config.experiment.journal);
  else if (!std::filesystem::exists(config.experiment.journal))
    warn(arguments, {fmt::format("there is no {} to resume from; the search begins at its beginning",
                                 config.experiment.journal.string())});
  say_memory(arguments, sessions, config.experiment);
  stopwatch.start("experiment");
  cartwheel::ExperimentResult result;
  resumable(arguments, [&] { result = cartwheel::run_experiment(sessions, config.experiment); });
  account.add_all(result.account);
  stopwatch.start("write");
  write_experiment(result, out);
  std::filesystem::remove(config.experiment.journal);
  if (config.report.page) {
    stopwatch.start("report");
    write_report(arguments, {config, config_path(arguments, run_command), files, log, account, result, &sessions},
                 config.report, out / "report.html");
  }
  show(arguments, result, config.report.page, account, stopwatch);
}

}  // namespace

const Command run_command{"run",
                          "CONFIG [EVENTS...] [--out DIR] [--dry-run] [--resume]",
                          "Run the whole experiment; print the batch table",
                          "intent_cli run examples/intent_cli/experiment.toml events.csv --out result",
                          add_options,
                          run};

}  // namespace intent_cli
