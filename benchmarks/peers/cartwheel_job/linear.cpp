#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "exchange.hpp"
#include "job.hpp"
#include "measured.hpp"

namespace {

using cartwheel::Penalty;

Penalty penalty_of(const std::string& name) {
  static const std::map<std::string, Penalty> penalties{
      {"l1", Penalty::l1}, {"l2", Penalty::l2}, {"elasticnet", Penalty::elasticnet}, {"none", Penalty::none}};
  const auto found = penalties.find(name);
  if (found == penalties.end()) throw cartwheel::ParameterError("penalty must be l1, l2, elasticnet or none");
  return found->second;
}

std::vector<double> numbers(const std::string& text) {
  std::vector<double> found;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    found.emplace_back();
    at = std::from_chars(at, end, found.back()).ptr + 1;  // beyond the comma
  }
  return found;
}

}  // namespace

/// Fits a logistic regression on `train`.x / .y with each of `tolerances` (separated by commas, loose ones first) until
/// its objective is at most `best`; what counts is that last fit.
nlohmann::json cartwheel_job::linear(const Settings& settings) {
  const cartwheel::FeatureMatrix x =
      read_matrix(settings.text("train") + ".x", static_cast<std::size_t>(settings.integer("columns")));
  const std::vector<std::uint8_t> y = read_labels(settings.text("train") + ".y");
  cartwheel::LogisticRegressionOptions options;
  options.penalty = penalty_of(settings.text("penalty"));
  options.C = settings.number("C");
  for (const double tolerance : numbers(settings.text("tolerances"))) {
    options.tol = tolerance;
    std::optional<cartwheel::LogisticRegression> model;
    const Measured fit = measured([&] { model = cartwheel::LogisticRegression::fit(x, y, options); });
    if (model->report().objective > settings.number("best")) continue;
    return {{"seconds", {{"fit", fit.seconds}}},
            {"peak_bytes", fit.peak_bytes},
            {"objective", model->report().objective},
            {"tol", tolerance},
            {"iterations", model->report().iterations}};
  }
  return {{"error", "gap not reached"}};
}
