#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/experiment.hpp>
#include <cartwheel/feature_effects.hpp>
#include <cartwheel/report.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Results as one page for people: a document of aggregates (JSON), and an HTML file that holds it with all it needs.
namespace [[gnu::visibility("default")]] cartwheel {

struct AuditReport;
struct Earliness;
struct ErrorAnalysis;
struct Exploration;
struct Pitfalls;

/// Version of the document's schema (docs/report.md). It rises when a key changes its meaning or goes; new keys may
/// come without.
inline constexpr int report_version = 1;

/// A file that was read.
struct DataFile {
  std::string name;  ///< Without its folder.
  std::uint64_t bytes = 0;
  std::string hash;  ///< Of its bytes, 32 hex digits; empty where it could not be read twice.
};

/// The files that were read, and a key for hashed_id that is the same for the same files and seed, and that who holds
/// the page alone cannot know: another hash of the files' bytes than the one that is shown. Where a file cannot be read
/// twice (a pipe, or "-" for standard input), it has no hash, and the key is drawn.
struct DataIdentity {
  std::vector<DataFile> files;
  std::uint64_t id_key = 0;
};
/// Cost: a pass over the files' bytes. @throws DataError for a file that is not there.
DataIdentity identify_data(std::span<const std::filesystem::path> files, std::uint64_t seed);

/// What was scored with one model.
struct ScoredSessions {
  std::string model;
  double threshold = default_threshold;
  std::int64_t train_end =
      0;  ///< Of the model, microseconds since 1970-01-01 UTC: what starts by then may be known to it.
  std::span<const Prediction> predictions;
};

/// A part that this page could have, and how to get it.
struct AbsentPart {
  std::string part;  ///< "audit", "pitfalls", "earliness", "errors", "features", "exploration"
  std::string how;   ///< Such as a command line.
};

/// What there is to show. Parts that are null or empty have no section. All of it must outlive the calls.
struct ReportContents {
  std::string title = "Purchase intent";
  std::string command;  ///< "run", "eda" or "predict".
  std::uint64_t seed = 0;
  std::string config;  ///< Text of the config file.
  std::vector<DataFile> data;
  const Account* account = nullptr;
  std::vector<AbsentPart> absent;
  /// What to show for an id of a session or user, such as hashed_id; as it is where there is none.
  std::function<std::string(std::string_view)> id;

  const ExperimentOptions* options = nullptr;  ///< Of `experiment`.
  const ExperimentResult* experiment = nullptr;
  std::span<const FeatureEffects> features;
  std::string features_batch;  ///< The batch on whose test window features and errors were looked at.
  const Earliness* earliness = nullptr;
  const Pitfalls* pitfalls = nullptr;
  const AuditReport* audit = nullptr;
  const ErrorAnalysis* errors = nullptr;
  const Exploration* exploration = nullptr;
  const ScoredSessions* scored = nullptr;
};

/// The document: one JSON object of aggregates, at most about 2.5 MB whatever the size of the data. What has no room is
/// left out, and the document says how much: curves have fewer points, and the latest batches, the best combinations,
/// the most viewed products stay. The same contents give the same bytes; nothing depends on the clock.
std::string report_document(const ReportContents& contents);

/// The whole page around a document: one HTML file that needs no network, and forbids itself to use it. Whatever the
/// document's texts hold, they stay text.
/// @throws DataError if the document is no JSON.
std::string report_page(std::string_view document);

}  // namespace cartwheel
