#include <cartwheel/error.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/version.hpp>
#include <numeric>

namespace cartwheel {

bool takes_standardised_columns(std::string_view model) {
  // Trees split between values, whatever their scale; naive Bayes cuts at 0, the training mean once standardised.
  return model == "bernoulli_nb" || model == "logistic_regression";
}

Pipeline fit_pipeline(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::int64_t train_begin,
                      std::int64_t train_end, std::string_view extractor, const Parameters& extractor_parameters,
                      std::string_view model, const Parameters& model_parameters, const FitContext& context) {
  Pipeline pipeline;
  pipeline.session = sessions.options;
  // Everything that can be refused is refused before the work starts.
  pipeline.provenance.parameters = check_parameters(model, model_parameters);
  std::shared_ptr<FeatureExtractor> fitted = make_feature_extractor(extractor, extractor_parameters);

  std::vector<std::uint8_t> y;
  y.reserve(rows.size());
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);

  FeatureMatrix x = fitted->fit_transform(sessions, rows, train_end);
  pipeline.extractor = std::move(fitted);
  if (takes_standardised_columns(model)) {
    pipeline.scaler = StandardScaler::fit(x);
    x = pipeline.scaler->transform(x);
  }
  pipeline.model = fit_model(model, model_parameters, x, y, context);
  pipeline.provenance.library_version = version();
  pipeline.provenance.seed = context.seed;
  pipeline.provenance.train_begin = train_begin;
  pipeline.provenance.train_end = train_end;
  pipeline.provenance.train_rows = rows.size();
  pipeline.provenance.train_positives = std::accumulate(y.begin(), y.end(), std::uint64_t{0});
  return pipeline;
}

std::vector<double> Pipeline::predict_proba(const FeatureMatrix& x) const {
  return scaler ? model->predict_proba(scaler->transform(x)) : model->predict_proba(x);
}

std::vector<double> Pipeline::predict_proba(const SessionTable& sessions, std::span<const std::uint32_t> rows) const {
  if (extractor == nullptr)
    throw DataError(
        "this model was fitted on a table, not on sessions; predict a table with 'table', or fit one with 'fit'");
  return predict_proba(extractor->transform(sessions, rows));
}

}  // namespace cartwheel
