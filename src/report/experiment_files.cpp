#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>

#include "core/atomic_file.hpp"

namespace cartwheel {

void write_experiment(const ExperimentResult& result, const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder / "models", failure);
  if (failure)
    throw DataError(fmt::format("cannot make the folder {}: {}", (folder / "models").string(), failure.message()));
  for (const auto& [batch, model, pipeline] : result.models)
    save_pipeline(pipeline, folder / "models" / fmt::format("{}_{}.cwm", batch, model));
  core::write_file_atomically(folder / "search.csv", search_csv(result));
  core::write_file_atomically(folder / "batches.json", batches_json(result) + "\n");
  core::write_file_atomically(folder / "batches.csv", batches_csv(result));
}

}  // namespace cartwheel
