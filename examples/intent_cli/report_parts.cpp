#include "report_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/audit.hpp>
#include <cartwheel/earliness.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/error_analysis.hpp>
#include <cartwheel/exploration.hpp>
#include <cartwheel/pitfalls.hpp>
#include <memory>
#include <optional>

#include "config.hpp"
#include "core/mapped_file.hpp"
#include "core/suggest.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

using cartwheel::AbsentPart;

/// Everything that a page refers to, for as long as it is made.
struct Findings {
  std::optional<cartwheel::Exploration> exploration;
  std::vector<cartwheel::FeatureEffects> features;
  std::optional<cartwheel::ErrorAnalysis> errors;
  std::optional<cartwheel::Pitfalls> pitfalls;
  std::optional<cartwheel::AuditReport> audit;
  std::vector<AbsentPart> absent;
};

cartwheel::Exploration look_at_log(const Arguments& arguments, const FinishedRun& run) {
  const cartwheel::NamedGrid& extractor = run.config.experiment.extractors.front();
  cartwheel::ExploreOptions options;
  options.sessions = run.config.experiment.session;
  options.extractor = extractor.name;
  options.extractor_parameters = cartwheel::combinations(extractor.grid).front();
  if (run.earliness != nullptr) options.extractor_parameters["session_size"] = std::int64_t{options.sessions.size};
  options.progress = arguments.progress();
  cartwheel::Account counted_by_the_run;
  return explore(run.log, options, counted_by_the_run);
}

/// The last batch's pipelines.
std::vector<cartwheel::NamedPipeline> last_models(const cartwheel::ExperimentResult& result) {
  std::vector<cartwheel::NamedPipeline> models;
  for (const auto& [batch, model, pipeline] : result.models)
    if (batch == result.batches.back().name)
      models.push_back({model, std::shared_ptr<const cartwheel::Pipeline>(std::shared_ptr<void>(), &pipeline)});
  return models;
}

std::vector<cartwheel::FeatureEffects> look_at_features(const FinishedRun& run) {
  std::vector<cartwheel::FeatureEffects> effects;
  cartwheel::FeatureEffectsOptions options;
  options.seed = run.config.experiment.seed;
  for (const cartwheel::NamedPipeline& model : last_models(run.experiment))
    effects.push_back(feature_effects(*model.pipeline, *run.sessions,
                                      run.experiment.batches.back().final_fold.validation_rows, options));
  return effects;
}

cartwheel::ErrorAnalysis look_at_errors(const FinishedRun& run) {
  const cartwheel::TimeRange& test = run.experiment.batches.back().test;
  cartwheel::ErrorAnalysisOptions options;
  options.profit = run.config.experiment.threshold.profit;
  options.from = test.begin;
  options.to = test.end;
  cartwheel::Account counted_by_the_run;
  return analyse_errors(last_models(run.experiment), *run.sessions, options, counted_by_the_run);
}

cartwheel::Pitfalls look_at_pitfalls(const Arguments& arguments, const FinishedRun& run) {
  cartwheel::PitfallsOptions options;
  options.progress = arguments.progress();
  cartwheel::Account own;
  return show_pitfalls(run.log, run.config.experiment, options, own);
}

cartwheel::AuditReport look_ahead(const Arguments& arguments, const FinishedRun& run) {
  cartwheel::AuditOptions options;
  options.seed = run.config.experiment.seed;
  options.progress = arguments.progress();
  cartwheel::Account own;
  return audit(run.log, *cartwheel::make_audit_subject(run.config.experiment), options, own);
}

/// `part` of the page, where it is wanted and the data can give it.
template <class Look>
void find(std::vector<AbsentPart>& absent, const char* part, bool wanted, const std::string& how, const Look& look) {
  if (!wanted) return absent.push_back({part, how});
  try {
    look();
  } catch (const cartwheel::DataError& error) {
    absent.push_back({part, fmt::format("these data cannot give it: {}", error.what())});
  }
}

Findings look(const Arguments& arguments, const FinishedRun& run, const ReportParts& parts) {
  Findings found;
  const bool one_length = run.sessions != nullptr;
  const auto how = [&](std::string_view part) {
    return one_length ? fmt::format("intent_cli run CONFIG EVENTS --report full, or --report {}", part)
                      : std::string("a run with one window length: a number for size in [session]");
  };
  find(found.absent, "exploration", parts.exploration, how("exploration"),
       [&] { found.exploration = look_at_log(arguments, run); });
  find(found.absent, "features", parts.features && one_length, how("features"),
       [&] { found.features = look_at_features(run); });
  find(found.absent, "errors", parts.errors && one_length, how("errors"), [&] { found.errors = look_at_errors(run); });
  find(found.absent, "pitfalls", parts.pitfalls && one_length, how("pitfalls"),
       [&] { found.pitfalls = look_at_pitfalls(arguments, run); });
  find(found.absent, "audit", parts.audit && one_length, how("audit"),
       [&] { found.audit = look_ahead(arguments, run); });
  if (one_length)
    found.absent.push_back(
        {"earliness", "a list of window lengths in the config: size = [1, 2, 3, 5, 8] in [session]"});
  return found;
}

}  // namespace

ReportParts parse_report_parts(std::span<const std::string> words) {
  constexpr std::array<std::string_view, 8> known{"standard", "full",   "none",     "exploration",
                                                  "features", "errors", "pitfalls", "audit"};
  if (words.size() == 1 && words[0] == "standard") return {};
  if (words.size() == 1 && words[0] == "full") return {true, true, true, true, true, true};
  if (words.size() == 1 && words[0] == "none") return {false, false, false, false, false, false};
  ReportParts parts{true, false, false, false, false, false};
  for (const std::string& word : words) {
    if (std::ranges::find(known, word) == known.end())
      throw cartwheel::ParameterError(
          fmt::format("the report has no part '{}'{}", word, cartwheel::core::suggestion(word, known)));
    if (std::ranges::find(known.begin(), known.begin() + 3, word) != known.begin() + 3)
      throw cartwheel::ParameterError(fmt::format("'{}' is a choice of all parts; it goes with no other", word));
    parts.exploration |= word == "exploration";
    parts.features |= word == "features";
    parts.errors |= word == "errors";
    parts.pitfalls |= word == "pitfalls";
    parts.audit |= word == "audit";
  }
  return parts;
}

std::function<std::string(std::string_view)> shown_ids(const Arguments& arguments,
                                                       const cartwheel::DataIdentity& identity) {
  if (arguments.has("show-ids")) return {};
  return [key = identity.id_key](std::string_view id) { return cartwheel::hashed_id(id, key); };
}

void write_report(const Arguments& arguments, const FinishedRun& run, const ReportParts& parts,
                  const std::filesystem::path& path) {
  const Findings found = look(arguments, run, parts);
  cartwheel::DataIdentity identity = cartwheel::identify_data(run.files, run.config.experiment.seed);
  cartwheel::ReportContents contents;
  contents.command = "run";
  contents.seed = run.config.experiment.seed;
  contents.config = std::string(cartwheel::core::MappedFile(run.config_path).bytes());
  contents.id = shown_ids(arguments, identity);
  contents.data = std::move(identity.files);
  contents.account = &run.account;
  contents.absent = found.absent;
  contents.options = &run.config.experiment;
  contents.experiment = &run.experiment;
  contents.features = found.features;
  contents.features_batch = run.experiment.batches.back().name;
  contents.earliness = run.earliness;
  if (found.exploration) contents.exploration = &*found.exploration;
  if (found.errors) contents.errors = &*found.errors;
  if (found.pitfalls) contents.pitfalls = &*found.pitfalls;
  if (found.audit) contents.audit = &*found.audit;
  write_file(path, cartwheel::report_page(cartwheel::report_document(contents)));
}

}  // namespace intent_cli
