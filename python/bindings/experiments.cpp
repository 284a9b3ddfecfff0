#include <cartwheel/experiment.hpp>
#include <cartwheel/report.hpp>
#include <cartwheel/temporal_split.hpp>
#include <cartwheel/threads.hpp>

#include "bindings.hpp"

namespace cartwheel::python {
namespace {

std::vector<NamedGrid> grids_from(const nb::dict& values) {
  std::vector<NamedGrid> grids;
  for (const auto& [name, grid] : values) {
    NamedGrid& named = grids.emplace_back();
    named.name = nb::cast<std::string>(name);
    for (const auto& [parameter, choices] : nb::cast<nb::dict>(grid))
      for (const nb::handle choice : choices) {
        nb::dict one;
        one["value"] = choice;
        named.grid[nb::cast<std::string>(parameter)].push_back(parameters_from(one).at("value"));
      }
  }
  return grids;
}

nb::object rows_of(const std::vector<std::uint32_t>& rows) { return array_of(rows); }

nb::tuple to_python(const Fold& fold) {
  return nb::make_tuple(rows_of(fold.train_rows), rows_of(fold.validation_rows), fold.train_end, fold.purged);
}

nb::list batches_of(const SessionTable& sessions, const BatchOptions& options) {
  std::vector<Batch> batches;
  {
    const nb::gil_scoped_release release;
    batches = make_batches(sessions, options);
  }
  nb::list list;
  for (const Batch& batch : batches) {
    nb::list folds;
    for (const Fold& fold : batch.folds) folds.append(to_python(fold));
    list.append(nb::make_tuple(batch.name, folds, to_python(batch.final_fold)));
  }
  return list;
}

ExperimentResult run(const SessionTable& sessions, const BatchOptions& batches, const nb::dict& extractors,
                     const nb::dict& steps, const nb::dict& models, const std::string& metric, std::uint64_t seed,
                     int threads) {
  ExperimentOptions options;
  options.session = sessions.options;
  options.batches = batches;
  options.extractors = grids_from(extractors);
  options.steps = grids_from(steps);
  options.models = grids_from(models);
  options.metric = parse_search_metric(metric);
  options.seed = seed;
  options.progress = [](const Progress&) { return carry_on(); };
  const nb::gil_scoped_release release;
  ExperimentResult result;
  with_threads(threads, [&] { result = run_experiment(sessions, options); });
  return result;
}

}  // namespace

void bind_experiments(nb::module_& module) {
  using namespace nb::literals;
  nb::class_<BatchOptions>(module, "BatchOptions", "How time is cut into batches and folds; durations in microseconds.")
      .def(nb::init<>())
      .def_rw("train", &BatchOptions::train)
      .def_rw("validation", &BatchOptions::validation)
      .def_rw("test", &BatchOptions::test)
      .def_rw("step", &BatchOptions::step)
      .def_rw("gap", &BatchOptions::gap)
      .def_rw("folds", &BatchOptions::folds)
      .def_rw("window", &BatchOptions::window)
      .def_rw("group_user", &BatchOptions::group_user)
      .def("check", &BatchOptions::check);
  module.def("make_batches", &batches_of, "sessions"_a, "options"_a);

  nb::class_<ExperimentResult>(module, "ExperimentResult", "What an experiment found.")
      .def("batches_json", [](const ExperimentResult& result) { return batches_json(result); })
      .def("search_csv", [](const ExperimentResult& result) { return search_csv(result); })
      .def("text", [](const ExperimentResult& result) { return batch_table_text(result); })
      .def("models",
           [](const ExperimentResult& result) {
             nb::list list;
             for (const auto& fitted : result.models)
               list.append(nb::make_tuple(fitted.batch, fitted.model, nb::cast(fitted.pipeline)));
             return list;
           })
      .def("write", [](const ExperimentResult& result, const std::filesystem::path& folder) {
        write_experiment(result, folder);
      });
  module.def("run_experiment", &run, "sessions"_a, "batches"_a, "extractors"_a, "steps"_a, "models"_a, "metric"_a,
             "seed"_a, "threads"_a);
}

}  // namespace cartwheel::python
