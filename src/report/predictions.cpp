#include <fmt/format.h>

#include <cartwheel/report.hpp>
#include <numeric>

#include "core/csv_text.hpp"
#include "core/time.hpp"

namespace cartwheel {

std::vector<Prediction> predict_sessions(const Pipeline& pipeline, const SessionTable& sessions) {
  std::vector<std::uint32_t> rows(sessions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  const std::vector<double> probability = pipeline.predict_proba(sessions, rows);
  std::vector<Prediction> predictions;
  predictions.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    Prediction prediction{
        sessions.session_name(row), sessions.start[row], probability[row], probability[row] >= pipeline.threshold, {}};
    if (sessions.label_time[row] <= sessions.log_end) prediction.label = sessions.label[row] == 1;
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

std::string predictions_csv(std::span<const Prediction> predictions) {
  std::string text = "user_session,start,probability,decision,label\n";
  for (const Prediction& row : predictions)
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{}\n", core::csv_field(row.user_session),
                   core::format_time(row.start), row.probability, row.decision ? 1 : 0,
                   row.label ? (*row.label ? "1" : "0") : "");
  return text;
}

}  // namespace cartwheel
