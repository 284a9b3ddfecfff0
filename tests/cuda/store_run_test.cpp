#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "cuda/needs_device.hpp"
#include "support/run_program.hpp"
#include "support/shared_data.hpp"

/// intent_cli on a real log: the same table and the same model files on both devices.
namespace cartwheel {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return (std::ostringstream() << file.rdbuf()).str();
}

/// What a run prints and writes; search.csv holds times, which differ.
struct Result {
  std::string table;
  std::map<std::string, std::string> files;
  friend bool operator==(const Result&, const Result&) = default;
};

/// @param rest  of the config: extractors and models.
Result run_store(const std::string& device, const std::string& rest) {
  const test::TemporaryFolder folder;
  std::ofstream(folder / "one_batch.toml") << R"([session]
size = 3
label = "window"
[batches]
train = "21d"
validation = "7d"
test = "7d"
step = "60d"
gap = "0h"
)" << rest;
  std::vector<std::string> words{
      INTENT_CLI, "run",    "one_batch.toml", test::shared_data("store_2016-08_09.csv").string(),
      "--out",    "result", "--device",       device};
  const std::string runner = CARTWHEEL_CUDA_RUNNER;
  if (!runner.empty()) words.insert(words.begin(), runner);
  test::RunOptions options;
  options.folder = folder.path().string();
  const test::ProgramResult run = test::run_program(words[0], {words.begin() + 1, words.end()}, options);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  Result result{run.out, {}};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "result"))
    if (entry.is_regular_file() && entry.path().filename() != "search.csv")
      result.files[entry.path().filename().string()] = text_of(entry.path());
  return result;
}

void expect_run_of_cpu(const std::string& rest, std::size_t files) {
  const Result cpu = run_store("cpu", rest), gpu = run_store("cuda", rest);
  EXPECT_EQ(gpu.table, cpu.table);
  EXPECT_EQ(cpu.files.size(), files);  // batches.csv, batches.json, report.html, models
  EXPECT_TRUE(gpu.files == cpu.files);
}

TEST(StoreRun, PrintsTheSameTableAndWritesTheSameModelsOnBothDevices) {
  CARTWHEEL_NEEDS_DEVICE();
  CARTWHEEL_NEEDS_SHARED_DATA();
  expect_run_of_cpu(R"([extractors.V1]
session_size = 3
[models.bernoulli_nb]
[models.logistic_regression]
[models.decision_tree]
[models.random_forest]
n_estimators = [10]
)",
                    7);
}

TEST(StoreRun, RicherFeaturesAreTheSameOnBothDevices) {
  CARTWHEEL_NEEDS_DEVICE();
  CARTWHEEL_NEEDS_SHARED_DATA();
  expect_run_of_cpu(R"([extractors.V2]
session_size = 3
[models.bernoulli_nb]
)",
                    4);
}

}  // namespace
}  // namespace cartwheel
