#include <cartwheel/model.hpp>
#include <nlohmann/json.hpp>

#include "exchange.hpp"
#include "job.hpp"
#include "measured.hpp"

/// Fits a forest on `train`.x / .y and scores `test`.x; `scores` receives the scores (float64).
nlohmann::json cartwheel_job::forest(const Settings& settings) {
  const auto columns = static_cast<std::size_t>(settings.integer("columns"));
  const cartwheel::FeatureMatrix x = read_matrix(settings.text("train") + ".x", columns);
  const cartwheel::FeatureMatrix x_test = read_matrix(settings.text("test") + ".x", columns);
  const std::vector<std::uint8_t> y = read_labels(settings.text("train") + ".y");
  cartwheel::Parameters parameters{{"n_estimators", std::int64_t{100}}};
  if (settings.integer("max_depth") > 0) parameters["max_depth"] = std::int64_t{settings.integer("max_depth")};
  const cartwheel::FitContext context{static_cast<std::uint64_t>(settings.integer("seed"))};

  std::shared_ptr<const cartwheel::Model> model;
  const Measured fit = measured([&] { model = cartwheel::fit_model("random_forest", parameters, x, y, context); });
  std::vector<double> scores;
  const Measured predict = measured([&] { scores = model->predict_proba(x_test); });
  const std::uint32_t first_row[] = {0};
  const cartwheel::FeatureMatrix one = x_test.select_rows(first_row);
  const Measured predict_one = measured([&] { model->predict_proba(one); });
  write_array(settings.text("scores"), scores);
  return {{"seconds", {{"fit", fit.seconds}, {"predict", predict.seconds}, {"predict one row", predict_one.seconds}}},
          {"peak_bytes", fit.peak_bytes}};
}
