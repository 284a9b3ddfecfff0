#include <fmt/format.h>

#include <cartwheel/audit.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/report.hpp>

#include "command.hpp"
#include "config.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("draws", "Draws of each proof in every fold; each alters, inserts, deletes and moves events",
                        cxxopts::value<std::string>()->default_value("5"),
                        "N")("model-draws", "Of these, in the first batch, draws that also fit models and cuts anew",
                             cxxopts::value<std::string>()->default_value("1"), "N")(
      "rows", "Sessions compared in a draw of proof B", cxxopts::value<std::string>()->default_value("4096"), "N")(
      "findings", "Leaks to report at most", cxxopts::value<std::string>()->default_value("20"), "N")(
      "suspicious-auc", "Note a feature that alone has this AUC", cxxopts::value<std::string>()->default_value("0.95"),
      "A")("suspicious-psi", "Note a feature or score whose stability index is above this",
           cxxopts::value<std::string>()->default_value("0.25"), "P");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  stopwatch.start("config");
  Config config = read_config(config_path(arguments, audit_command));
  config.require_one_size(audit_command);
  if (arguments.has("seed")) config.experiment.seed = arguments.seed();
  cartwheel::AuditOptions options;
  options.draws = static_cast<int>(arguments.integer("draws", 1, 1000));
  options.model_draws = static_cast<int>(arguments.integer("model-draws", 0, 1000));
  options.rows = arguments.integer("rows", 1, std::uint64_t{1} << 31);
  options.findings = arguments.integer("findings", 1, 10'000);
  options.suspicious_auc = arguments.number("suspicious-auc", 0.5, 1.0);
  options.suspicious_psi = arguments.number("suspicious-psi", 0.0, 1e9);
  options.seed = config.experiment.seed;
  options.progress = arguments.progress();
  const auto subject = cartwheel::make_audit_subject(config.experiment);
  cartwheel::Account account;
  stopwatch.start("read");
  const cartwheel::EventLog log =
      cartwheel::read_events(event_files(arguments, config, audit_command), arguments.read_options(), account);
  stopwatch.start("audit");
  const cartwheel::AuditReport report = audit(log, *subject, options, account);
  const bool csv = arguments.format() == Format::csv;
  finish(arguments, csv ? audit_csv(report) : audit_text(report), Json::parse(audit_json(report)), account, stopwatch);
  if (!report.passed())
    throw CheckFailed(fmt::format("the audit failed: {} leak{} found", report.findings.size(),
                                  report.findings.size() == 1 ? " was" : "s were"));
}

}  // namespace

const Command audit_command{"audit",
                            "CONFIG [EVENTS...]",
                            "Prove that nothing looks ahead, on your own data",
                            "intent_cli audit examples/intent_cli/experiment.toml events.csv",
                            add_options,
                            run};

}  // namespace intent_cli
