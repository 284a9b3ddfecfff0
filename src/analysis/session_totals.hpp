#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/temporal_split.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::analysis {

/// Which columns a log has at all: what is missing everywhere is no missing value.
struct LogColumns {
  bool category = false, brand = false, price = false;
  static LogColumns of(const EventLog& log);
  /// Whether an event lacks something that others have.
  bool incomplete(const Event& event) const;
};

/// The aggregates of the naive way, of some events of one session.
struct SessionTotals {
  std::int64_t price_sum = 0, price_min = missing_price;  ///< 1/10,000 of a unit.
  std::uint32_t events = 0, products = 0, categories = 0, brands = 0;
  std::uint8_t types = 0;  ///< A bit for each type seen.
  bool target = false;

  void add(const Event& event, const SessionOptions& options);
};

/// Totals of whole sessions that start in `range`, of their events before its end, in order of session code (named or
/// found by inactivity). @param drop  leave out incomplete events; sessions without any event left are left out.
std::vector<SessionTotals> totals_of_sessions(const EventLog& log, const SessionOptions& options,
                                              const TimeRange& range, bool drop);

/// Totals of the windows of `rows`. @param drop  as above; events is 0 where none is left.
std::vector<SessionTotals> totals_of_windows(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                             bool drop);

/// price_sum, price_min, brand_count, category_code_count, product_id_count, event_time_count, and, if wanted,
/// unique_event_type.
FeatureMatrix features_of(std::span<const SessionTotals> totals, bool event_types);

}  // namespace cartwheel::analysis
