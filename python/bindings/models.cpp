#include <algorithm>
#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/fit_tuned.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/report.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <cartwheel/threads.hpp>
#include <cartwheel/version.hpp>
#include <numeric>

#include "bindings.hpp"

namespace cartwheel::python {
namespace {

/// Does `work` without the interpreter's lock, on at most `threads` threads.
template <class Work>
auto unlocked(int threads, const Work& work) {
  const nb::gil_scoped_release release;
  decltype(work()) result{};
  with_threads(threads, [&] { result = work(); });
  return result;
}

Pipeline fit_table(const std::string& model, const nb::dict& parameters, const std::vector<std::string>& names,
                   const nb::list& columns, const Labels& y, const std::optional<Doubles>& sample_weight,
                   std::uint64_t seed, int threads) {
  const Parameters settings = parameters_from(parameters);
  const FeatureMatrix x = matrix_from(names, columns, y.shape(0));
  const std::span<const std::uint8_t> labels = span_of(y);
  FitContext context{.seed = seed};
  if (sample_weight) context.sample_weight = span_of(*sample_weight);
  return unlocked(threads, [&] {
    Pipeline pipeline;
    pipeline.model = fit_model(model, settings, x, labels, context);
    pipeline.provenance.library_version = version();
    pipeline.provenance.seed = seed;
    pipeline.provenance.parameters = check_parameters(model, settings);
    pipeline.provenance.train_rows = labels.size();
    pipeline.provenance.train_positives = std::accumulate(labels.begin(), labels.end(), std::uint64_t{0});
    return pipeline;
  });
}

nb::object predict_table(const Pipeline& pipeline, const std::vector<std::string>& names, const nb::list& columns,
                         std::size_t rows, int threads) {
  const FeatureMatrix x = matrix_from(names, columns, rows);
  return array_of(unlocked(threads, [&] { return pipeline.predict_proba(x); }));
}

nb::list nodes_of(const std::vector<TreeNode>& nodes) {
  nb::list list;
  for (const TreeNode& node : nodes) {
    nb::dict entry;
    if (node.feature >= 0) {
      entry["feature"] = node.feature;
      entry["missing_left"] = node.missing_left;
      entry["left"] = node.left;
      entry["right"] = node.right;
      if (node.levels.empty())
        entry["threshold"] = node.threshold;
      else
        entry["levels"] = nb::cast(std::vector<int>(node.levels.begin(), node.levels.end()));
    }
    entry["probability"] = node.probability;
    entry["impurity"] = node.impurity;
    entry["rows"] = node.rows;
    entry["positives"] = node.positives;
    list.append(entry);
  }
  return list;
}

/// All that a fitted model knows, as plain values: what export is made of.
nb::dict describe(const Pipeline& pipeline) {
  const Model& model = *pipeline.model;
  nb::dict out;
  out["model"] = std::string(model.name());
  out["features"] = model.feature_names();
  out["threshold"] = pipeline.threshold;
  nb::list steps;
  for (const auto& step : pipeline.steps) {
    nb::dict entry;
    entry["name"] = std::string(step->name());
    if (const auto* scaler = dynamic_cast<const StandardScaler*>(step.get())) {
      entry["mean"] = scaler->mean();
      entry["scale"] = scaler->scale();
    }
    steps.append(entry);
  }
  out["steps"] = steps;
  if (const auto* linear = dynamic_cast<const LogisticRegression*>(&model)) {
    out["coefficients"] = linear->coefficients();
    out["intercept"] = linear->intercept();
    out["column_means"] = linear->column_means();
    out["indicators"] = linear->indicators();
    out["iterations"] = linear->report().iterations;
    out["converged"] = linear->report().converged;
  } else if (const auto* bayes = dynamic_cast<const BernoulliNB*>(&model)) {
    out["feature_log_prob"] = bayes->feature_log_prob();
    out["feature_log_clear"] = bayes->feature_log_clear();
    out["class_log_prior"] = bayes->class_log_prior();
    out["indicators"] = bayes->indicators();
    out["binarize"] = bayes->binarize();
  } else if (const auto* tree = dynamic_cast<const DecisionTree*>(&model)) {
    nb::list trees;
    trees.append(nodes_of(tree->nodes()));
    out["trees"] = trees;
    out["levels"] = tree->levels();
    out["feature_importances"] = tree->feature_importances();
  } else if (const auto* forest = dynamic_cast<const RandomForest*>(&model)) {
    nb::list trees;
    for (int i = 0; i < forest->tree_count(); ++i) trees.append(nodes_of(forest->nodes(i)));
    out["trees"] = trees;
    out["levels"] = forest->levels();
    out["feature_importances"] = forest->feature_importances();
    out["oob_score"] = forest->oob_score();
  }
  return out;
}

Pipeline fit_sessions(const SessionTable& sessions, const std::string& model, const nb::dict& parameters,
                      const std::string& extractor, const nb::dict& extractor_parameters, std::int64_t validation,
                      std::uint64_t seed, int threads) {
  FitTunedOptions options;
  options.model = model;
  options.model_parameters = parameters_from(parameters);
  options.extractor = extractor;
  options.extractor_parameters = parameters_from(extractor_parameters);
  options.validation = validation;
  options.seed = options.threshold.seed = seed;
  return unlocked(threads, [&] { return fit_tuned(sessions, options).pipeline; });
}

nb::object predict_rows(const Pipeline& pipeline, const SessionTable& sessions, const RowNumbers& rows, int threads) {
  const std::span<const std::uint32_t> numbers = span_of(rows);
  return array_of(unlocked(threads, [&] { return pipeline.predict_proba(sessions, numbers); }));
}

nb::tuple features_of(const Pipeline& pipeline, const SessionTable& sessions, const RowNumbers& rows) {
  if (pipeline.extractor == nullptr) throw DataError("this model was fitted on a table, so it has no extractor");
  std::optional<FeatureMatrix> x;
  {
    const nb::gil_scoped_release release;
    x = pipeline.extractor->transform(sessions, span_of(rows));
  }
  return to_python(*x);
}

nb::bytes bytes_of(const Pipeline& pipeline) {
  const std::string bytes = to_bytes(pipeline);
  return nb::bytes(bytes.data(), bytes.size());
}
Pipeline pipeline_of(const nb::bytes& bytes) {
  return from_bytes(std::string_view(bytes.c_str(), bytes.size()), "the model in memory");
}

}  // namespace

void bind_models(nb::module_& module) {
  using namespace nb::literals;
  nb::class_<Pipeline>(module, "Pipeline", "A fitted model with all that leads to it: what a model file (.cwm) holds.")
      .def_static("from_bytes", &pipeline_of, "data"_a)
      .def("to_bytes", &bytes_of)
      .def_static(
          "load", [](const std::filesystem::path& path) { return load_pipeline(path); }, "path"_a,
          nb::call_guard<nb::gil_scoped_release>(), "Loads a model file.")
      .def(
          "save", [](const Pipeline& p, const std::filesystem::path& path) { save_pipeline(p, path); }, "path"_a,
          nb::call_guard<nb::gil_scoped_release>(), "Writes a model file, atomically.")
      .def_prop_ro("kind", [](const Pipeline& p) { return std::string(p.model->name()); })
      .def_prop_ro("feature_names", &Pipeline::feature_names)
      .def_prop_ro("warnings", [](const Pipeline& p) { return p.model->warnings(); })
      .def_prop_ro("parameters", [](const Pipeline& p) { return to_python(p.provenance.parameters); })
      .def_rw("threshold", &Pipeline::threshold)
      .def("predict_table", &predict_table, "names"_a, "columns"_a, "rows"_a, "threads"_a = 0)
      .def("predict_rows", &predict_rows, "sessions"_a, "rows"_a, "threads"_a = 0)
      .def("features", &features_of, "sessions"_a, "rows"_a, "(names, columns) of sessions, as the model sees them.")
      .def("describe", &describe, "All that the model knows, as plain values.")
      .def("__getstate__", &bytes_of)
      .def("__setstate__", [](Pipeline& p, const nb::bytes& state) { new (&p) Pipeline(pipeline_of(state)); });
  module.def("fit_table", &fit_table, "model"_a, "parameters"_a, "names"_a, "columns"_a, "y"_a,
             "sample_weight"_a = nb::none(), "seed"_a = 0, "threads"_a = 0);
  module.def("fit_sessions", &fit_sessions, "sessions"_a, "model"_a, "parameters"_a = nb::dict(), "extractor"_a = "V1",
             "extractor_parameters"_a = nb::dict(), "validation"_a, "seed"_a = 0, "threads"_a = 0);
  module.def(
      "default_parameters", [](const std::string& model) { return to_python(check_parameters(model, {})); }, "model"_a);
}

}  // namespace cartwheel::python
