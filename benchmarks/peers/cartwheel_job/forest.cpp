#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
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
  cartwheel::Parameters parameters{{"n_estimators", std::int64_t{settings.integer("trees")}},
                                   {"min_samples_leaf", std::int64_t{settings.integer("leaf")}}};
  if (settings.integer("max_depth") > 0) parameters["max_depth"] = std::int64_t{settings.integer("max_depth")};
  const cartwheel::FitContext context{static_cast<std::uint64_t>(settings.integer("seed"))};

  std::shared_ptr<const cartwheel::Model> model;
  const Measured fit = measured([&] { model = cartwheel::fit_model("random_forest", parameters, x, y, context); });
  std::vector<double> scores;
  const Measured predict = measured([&] { scores = model->predict_proba(x_test); });
  const auto& forest = dynamic_cast<const cartwheel::RandomForest&>(*model);
  std::vector<float> one;
  for (std::size_t j = 0; j < columns; ++j) one.push_back(std::get<cartwheel::FloatColumn>(x_test.column(j)).values[0]);
  double score = 0.0;
  const Measured predict_one = measured([&] { score = forest.predict_row(one); });
  if (score != scores[0]) throw cartwheel::DataError("a row alone has another score");
  write_array(settings.text("scores"), scores);
  return {{"seconds", {{"fit", fit.seconds}, {"predict", predict.seconds}, {"predict one row", predict_one.seconds}}},
          {"peak_bytes", fit.peak_bytes}};
}
