#include <cartwheel/bernoulli_nb.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "exchange.hpp"
#include "job.hpp"
#include "measured.hpp"

/// Fits naive Bayes on `train`.x / .y once, and with the six combinations of the published grid; `log_prob` receives
/// the single fit's feature_log_prob (float64).
nlohmann::json cartwheel_job::bayes(const Settings& settings) {
  using cartwheel::BernoulliNB;
  const cartwheel::FeatureMatrix x =
      read_matrix(settings.text("train") + ".x", static_cast<std::size_t>(settings.integer("columns")));
  const std::vector<std::uint8_t> y = read_labels(settings.text("train") + ".y");
  std::vector<cartwheel::BernoulliNBOptions> grid;
  for (const bool fit_prior : {true, false})
    for (const double alpha : {0.1, 0.5, 1.0}) {
      grid.emplace_back();
      grid.back().fit_prior = fit_prior;
      grid.back().alpha = alpha;
    }

  std::optional<BernoulliNB> model;
  const Measured fit = measured([&] { model = BernoulliNB::fit(x, y); });
  std::vector<BernoulliNB> models;
  const Measured fit_grid = measured([&] { models = BernoulliNB::fit_each(x, y, grid); });
  write_array(settings.text("log_prob"), model->feature_log_prob());
  return {{"seconds", {{"fit", fit.seconds}, {"grid of six", fit_grid.seconds}}}, {"peak_bytes", fit.peak_bytes}};
}
