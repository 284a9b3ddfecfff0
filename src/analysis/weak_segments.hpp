#pragma once

#include <cartwheel/error_analysis.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cartwheel::analysis {

/// One judged session.
struct JudgedSession {
  double probability = 0.0;
  bool label = false, decision = false;
  bool wrong() const { return label != decision; }
};

/// Counts of some judged sessions.
class ErrorCounter {
 public:
  void add(const JudgedSession& session);
  ErrorCount count() const;

 private:
  ErrorCount count_;
  double probability_ = 0.0;
};

struct SegmentSearch {
  std::vector<WeakSegment> segments;
  std::string none;  ///< Why there are none.
};

/// @param features  [sessions x columns]. @param judged  one a row.
SegmentSearch find_weak_segments(const FeatureMatrix& features, std::span<const JudgedSession> judged,
                                 const ErrorAnalysisOptions& options);

}  // namespace cartwheel::analysis
