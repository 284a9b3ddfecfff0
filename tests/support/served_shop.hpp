#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/pipeline.hpp>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/shop_log.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel::test {

inline EventFields fields_of(const OwnedEvent& e) {
  return {e.time, e.type, e.product, e.category_id, e.category_code, e.brand, e.user, e.session, e.price};
}

/// A pipeline fitted on the first half of the sessions.
inline Pipeline fit_on_first_half(const SessionTable& sessions, const std::string& extractor,
                                  const std::string& model) {
  const std::int64_t train_end = sessions.start[sessions.size() / 2] + sessions.options.horizon;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < sessions.size(); ++row)
    if (sessions.label_time[row] <= train_end) rows.push_back(row);
  PipelineRecipe recipe;
  recipe.extractor = extractor;
  recipe.model = model;
  recipe.steps = default_steps(model);
  if (model == "random_forest") recipe.model_parameters["n_estimators"] = std::int64_t{10};
  if (model == "logistic_regression") recipe.model_parameters["penalty"] = std::string("l2");
  Pipeline pipeline = fit_pipeline(sessions, rows, sessions.log_begin, train_end, recipe, {});
  pipeline.threshold = 0.25;
  return pipeline;
}

/// What `predict` says of each session, by its name.
inline std::unordered_map<std::string, double> predicted(const Pipeline& pipeline, const SessionTable& sessions) {
  std::vector<std::uint32_t> rows(sessions.size());
  for (std::uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
  const std::vector<double> probability = pipeline.predict_proba(sessions, rows);
  std::unordered_map<std::string, double> by_name;
  for (const std::uint32_t row : rows) by_name[sessions.session_name(row)] = probability[row];
  return by_name;
}

/// A small shop, and a file with a model of it.
struct ServedShop {
  explicit ServedShop(const std::string& extractor = "V2", const std::string& model = "logistic_regression")
      : events(shop_events(7)),
        sessions(sessions_of(events, SessionOptions{})),
        pipeline(fit_on_first_half(sessions, extractor, model)),
        file(folder / "model.cwm") {
    save_pipeline(pipeline, file);
  }

  TemporaryFolder folder;
  std::vector<OwnedEvent> events;  ///< In order of time.
  SessionTable sessions;
  Pipeline pipeline;
  std::filesystem::path file;
};

}  // namespace cartwheel::test
