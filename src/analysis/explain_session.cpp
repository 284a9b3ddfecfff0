#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/explanation.hpp>

#include "analysis/contributions.hpp"
#include "analysis/described_contributions.hpp"
#include "analysis/nearest_change.hpp"

namespace cartwheel {

void ExplainOptions::check() const {
  if (products > 10'000) throw ParameterError(fmt::format("products is {}; it must be in [0, 10000]", products));
  if (changes < 1 || changes > 1'000'000)
    throw ParameterError(fmt::format("changes is {}; it must be in [1, 1000000]", changes));
}

Explanation explain_session(const Pipeline& pipeline, const SessionTable& sessions, std::uint32_t row,
                            const ExplainOptions& options) {
  options.check();
  if (pipeline.extractor == nullptr)
    throw DataError("this model was fitted on a table, not on sessions, so it has no session to explain");
  Explanation explanation;
  explanation.window = window_events(sessions, row);
  explanation.session = sessions.session_name(row);
  explanation.start = sessions.start[row];
  if (sessions.label_time[row] <= sessions.log_end) explanation.label = sessions.label[row] == 1;
  if (const Provenance& from = pipeline.provenance; from.train_rows > 0)
    explanation.training_base_rate = static_cast<double>(from.train_positives) / static_cast<double>(from.train_rows);

  const FeatureMatrix features = pipeline.extractor->transform(sessions, std::span(&row, 1));
  const FeatureMatrix input = pipeline.model_input(features);
  explanation.probability = pipeline.predict_proba(features)[0];
  explanation.threshold = pipeline.threshold;
  explanation.decision = explanation.probability >= pipeline.threshold;
  const analysis::Contributions shares = analysis::contributions_of(pipeline, input);
  explanation.base = shares.base;
  explanation.base_log_odds = shares.base_log_odds;
  explanation.contributions = analysis::described_contributions(pipeline, features, input, shares);
  analysis::ChangeSearch search = analysis::nearest_change(pipeline, sessions, row, explanation.probability, options);
  explanation.change = std::move(search.change);
  explanation.changes_tried = search.tried;
  return explanation;
}

}  // namespace cartwheel
