#pragma once

#include <cartwheel/experiment.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cartwheel::selection {

/// What one combination did in one fold.
struct TrialOutcome {
  enum class Failure : std::uint8_t { none, parameter, data } failure = Failure::none;
  std::string error;                           ///< Of a failure: a ParameterError's or a DataError's text.
  std::vector<std::optional<double>> scores;   ///< By the metric that chooses, then the others; higher is better.
  std::vector<double> probability;             ///< Of the validation rows.
  double seconds = 0.0, shared_seconds = 0.0;  ///< As in SearchRow.
};

/// A finished unit of a plan: an outcome for each of its trials.
struct UnitRecord {
  std::uint32_t batch = 0, fold = 0, unit = 0;
  std::vector<TrialOutcome> outcomes;
};

/// Names a run: two runs have the same identity if the search must do the same. A hash of all options that matter to
/// it, the data (every column and name of table and log) and the library's version.
std::string identity_of(const SessionTable& sessions, const ExperimentOptions& options);

/// Keeps finished units in a file, each as soon as it is done, so that a search that was interrupted (or killed, or cut
/// off by a crash of the machine) goes on where it stopped. The file: magic, format version, identity; then records,
/// each with its length before it and a checksum after it. Records up to the first that is cut off or damaged count,
/// the rest is dropped. An empty path keeps nothing.
class SearchJournal {
 public:
  /// Begins a new journal, or takes up the one that is there. @throws DataError if the file cannot be written, or is
  /// to be taken up and is no journal, or that of another run.
  SearchJournal(const std::filesystem::path& path, const std::string& identity, bool resume);
  ~SearchJournal();
  SearchJournal(const SearchJournal&) = delete;
  SearchJournal& operator=(const SearchJournal&) = delete;

  bool keeps() const { return descriptor_ >= 0; }
  /// The units of a batch that were found in the file; they are moved out.
  std::vector<UnitRecord> take(std::uint32_t batch);
  /// From any thread. @throws DataError if it cannot be written.
  void append(const UnitRecord& record);

 private:
  /// The length of what counts. @throws DataError
  std::size_t read(const std::string& header);
  void write(std::string_view bytes);

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::mutex mutex_;
  std::map<std::uint32_t, std::vector<UnitRecord>> found_;
};

}  // namespace cartwheel::selection
