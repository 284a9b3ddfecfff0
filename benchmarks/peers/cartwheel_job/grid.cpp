#include <cartwheel/experiment.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/read_events.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "exchange.hpp"
#include "job.hpp"
#include "measured.hpp"

namespace {

constexpr std::int64_t day = 24LL * 3600 * 1'000'000;

/// The published grid, on one batch that takes nearly all of the generator's 158 days, with three temporal folds.
cartwheel::ExperimentOptions published_grid(const cartwheel_job::Settings& settings) {
  using cartwheel::ParameterValue;
  const auto texts = [](auto... values) { return std::vector<ParameterValue>{std::string(values)...}; };
  const auto integers = [](auto... values) { return std::vector<ParameterValue>{std::int64_t{values}...}; };
  cartwheel::ExperimentOptions options;
  options.session.label = cartwheel::Label::window;
  if (settings.text("short") == "keep") options.session.short_sessions = cartwheel::ShortSessions::keep;
  options.batches.train = 116 * day;
  options.batches.validation = options.batches.test = 14 * day;
  options.batches.step = 365 * day;  // one batch
  options.batches.folds = 3;
  options.extractors = {{"V1", {}}};
  options.models = {
      {"bernoulli_nb", {{"fit_prior", {true, false}}, {"alpha", {0.1, 0.5, 1.0}}}},
      {"logistic_regression", {{"penalty", texts("l1", "l2", "elasticnet", "none")}}},
      {"decision_tree", {{"criterion", texts("entropy", "gini")}, {"min_samples_leaf", integers(5, 15, 20)}}},
      {"random_forest",
       {{"criterion", texts("entropy", "gini")},
        {"n_estimators", integers(50, 100)},
        {"max_depth", {std::string("none"), std::int64_t{10}}}}}};
  if (settings.has("model"))
    std::erase_if(options.models, [&](const auto& grid) { return grid.name != settings.text("model"); });
  return options;
}

nlohmann::json to_json(const cartwheel::Parameters& parameters) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : parameters)
    std::visit([&, &key = name](const auto& plain) { object[key] = plain; }, value);
  return object;
}

/// FOLDS.x and .y: the features of every session; FOLDS.json: which rows are on either side of each fold.
void write_folds(const std::string& out, const cartwheel::SessionTable& table, const cartwheel::Batch& batch) {
  std::vector<std::uint32_t> rows(table.size());
  for (std::uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
  const auto extractor = cartwheel::make_feature_extractor("V1", {});
  cartwheel_job::write_matrix(out + ".x", extractor->fit_transform(table, rows, table.log_end));
  cartwheel_job::write_array(out + ".y", table.label);
  nlohmann::json folds = nlohmann::json::array();
  for (const cartwheel::Fold& fold : batch.folds) folds.push_back({fold.train_rows, fold.validation_rows});
  std::ofstream(out + ".json") << nlohmann::json{{"folds", folds}, {"final", batch.final_fold.train_rows}};
}

}  // namespace

/// The published grid on `events`: search on three folds, threshold, refit, test. With `folds`, writes rows and folds
/// for the peers instead.
nlohmann::json cartwheel_job::grid(const Settings& settings) {
  const std::filesystem::path events = settings.text("events");
  const cartwheel::ExperimentOptions options = published_grid(settings);
  cartwheel::Account account;
  const cartwheel::EventLog log = cartwheel::read_events({&events, 1}, {}, account);
  const cartwheel::SessionTable table = cartwheel::build_sessions(log, options.session, account);
  if (settings.has("folds")) {
    write_folds(settings.text("folds"), table, cartwheel::make_batches(table, options.batches).at(0));
    return {{"rows", table.size()}};
  }
  std::optional<cartwheel::ExperimentResult> result;
  const Measured run = measured([&] { result = cartwheel::run_experiment(table, options); });
  nlohmann::json search = nlohmann::json::array();
  for (const cartwheel::SearchRow& row : result->search)
    search.push_back(
        {{"model", row.model}, {"parameters", to_json(row.model_parameters)}, {"fold_scores", row.fold_scores}});
  return {{"seconds", {{"grid", run.seconds}}}, {"peak_bytes", run.peak_bytes}, {"search", search}};
}
