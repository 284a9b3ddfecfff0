#pragma once

#include <cartwheel/explanation.hpp>
#include <cartwheel/history_store.hpp>
#include <cartwheel/pipeline.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/mapped_file.hpp"
#include "features/known_history.hpp"
#include "serve/window_table.hpp"

namespace cartwheel::features {
class ExtractorV2;
}

namespace cartwheel::serve {

/// Where a score comes from.
struct ScoreReasons {
  double base = 0.0;  ///< In probability: base and all points add up to the score.
  std::vector<FeatureContribution> contributions;
};

/// A model file that is being served. Immutable, so safe to share between threads.
class ServedModel {
 public:
  /// Reads the file, and scores a session with it: what cannot score is not served.
  /// @throws DataError that names the file.
  explicit ServedModel(const std::filesystem::path& file);

  const Pipeline& pipeline() const { return pipeline_; }
  const core::FileIdentity& identity() const { return identity_; }
  /// The identity of its bytes: XXH3, 64 bits.
  std::uint64_t hash() const { return hash_; }

  /// What the extractor knows of users; null where it does not look at their history.
  const features::HistoryReader* history_reader() const { return history_reader_; }

  /// P(y = 1): the bits that predict gives for the same window and history. @param known  means nothing without
  /// history_reader. @param reasons  filled in unless null.
  double score(const Window& window, const features::KnownHistory& known, ScoreReasons* reasons = nullptr) const;

 private:
  /// Good until this thread asks again.
  const SessionTable& table_of(const Window& window) const;
  FeatureMatrix features_of(const SessionTable& table, const features::KnownHistory& known) const;
  double probability(const FeatureMatrix& features) const;

  Pipeline pipeline_;
  core::FileIdentity identity_;
  std::uint64_t hash_ = 0;
  const features::ExtractorV2* v2_ = nullptr;
  const features::HistoryReader* history_reader_ = nullptr;
};

}  // namespace cartwheel::serve
