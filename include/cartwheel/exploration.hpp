#pragma once

#include <array>
#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/parameters.hpp>
#include <cartwheel/progress.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What to look at before a model is fitted: how often what happens, when, how far it goes, and what tells of the
/// label.
namespace [[gnu::visibility("default")]] cartwheel {

struct ExploreOptions {
  /// Windows, targets and the label that rates and features are set against.
  SessionOptions sessions;
  std::uint64_t min_views = 1;  ///< What was viewed less often is left out of the ratio tables, and counted.
  int sizes = 20;               ///< Session sizes are told apart up to this many events: [1, 1000].
  std::string extractor = "V1";
  Parameters extractor_parameters;
  bool features = true;  ///< Compute the features and set them against the label.
  ProgressCallback progress;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// How often each type of event occurs, by EventType.
using TypeCounts = std::array<std::uint64_t, 5>;

/// How often sessions have the label, by one definition.
struct LabelBalance {
  Label label = Label::future;
  std::uint64_t too_short = 0;         ///< Sessions left out because they have fewer events than the window.
  std::uint64_t target_in_window = 0;  ///< Sessions left out by Label::future.
  std::uint64_t sessions = 0;          ///< All others.
  std::uint64_t incomplete = 0;        ///< Of these, those whose label time is after the log's end.
  std::uint64_t positives = 0;         ///< Of those that are complete.
  /// positives / (sessions - incomplete); nothing for 0/0.
  std::optional<double> rate() const;
};

/// How one category, brand or product sells.
struct RatioRow {
  std::string name;  ///< Empty: the missing value.
  std::uint64_t view_count = 0, cart_count = 0, purchase_count = 0;
  /// cart_count / view_count; nothing without a view.
  std::optional<double> cart_ratio() const;
  /// The 95% score interval of the ratio: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
  /// Inference" (1927). Nothing without a view, and where carts outnumber views, for then the ratio is no share.
  std::optional<std::array<double, 2>> interval() const;
};

struct RatioTable {
  std::string name;            ///< "category", "category_level_1" and so on, "brand", "product".
  std::vector<RatioRow> rows;  ///< By view_count, most first; equal ones by the bytes of their names.
  std::uint64_t left_out = 0;  ///< How many had fewer views than min_views.
};

/// What happens in a stretch of time, such as all Mondays.
struct Season {
  TypeCounts events{};
  std::uint64_t sessions = 0;   ///< That begin in it.
  std::uint64_t labelled = 0;   ///< Of these, those that the label's definition keeps, with a complete label.
  std::uint64_t positives = 0;  ///< Of these.
  std::uint64_t event_count() const;
  std::optional<double> label_rate() const;
};

/// How far a window of `size` events reaches. Targets are counted at any time, whatever the horizon.
struct SizeRow {
  std::uint32_t size = 0;
  std::uint64_t sessions = 0;               ///< With exactly so many events.
  std::uint64_t sessions_reached = 0;       ///< With at least so many: they fill the window.
  std::uint64_t targets_reached = 0;        ///< Targets among the first so many events of their session.
  std::uint64_t first_targets_reached = 0;  ///< Sessions whose first target is among them.
};

/// Whole numbers: exact counts, so quantiles are exact.
struct Distribution {
  /// Shares of the values at or below a quantile, in thousandths.
  static constexpr std::array<int, 9> thousandths{0, 10, 50, 250, 500, 750, 950, 990, 1000};
  std::uint64_t count = 0;
  double mean = 0.0;
  /// The smallest value that has at least that share of the values at or below it; all 0 where there is no value.
  std::array<std::int64_t, thousandths.size()> quantiles{};
};

struct MissingCount {
  std::string column;  ///< Such as "category_code".
  std::uint64_t events = 0;
};

/// What one feature tells of the label, over the sessions with a complete label.
struct FeatureAssociation {
  std::string feature;
  std::uint64_t missing = 0;  ///< Sessions where it is missing.
  /// Pearson's correlation with the label over sessions where the feature is there; nothing where one of the two does
  /// not vary, and for categories, whose codes mean nothing.
  std::optional<double> pearson;
  /// Mutual information with the label in bits, from the counts of (bin, label). Up to 32 different values are bins of
  /// their own, and so are categories. Of more, a value that has r smaller ones among n goes to bin floor(32 r / n), so
  /// equal values share a bin. Missing is a bin.
  double mutual_information = 0.0;
};

/// Counts of what may be wrong, or deserves a look.
struct Anomalies {
  std::uint64_t negative_prices = 0, zero_prices = 0;
  std::uint64_t exact_repeats = 0;         ///< Events that equal an earlier one in every column.
  std::uint64_t out_of_order = 0;          ///< Events with a time before that of an event further up in the log.
  std::uint64_t without_session = 0;       ///< Events that belong to no session.
  std::uint64_t several_users = 0;         ///< Sessions with events of different users.
  std::uint64_t over_a_day = 0;            ///< Sessions that last more than 24 hours.
  std::uint64_t purchase_before_cart = 0;  ///< Sessions with a purchase before any cart, or without one.
};

struct Exploration {
  SessionOptions session_options;
  std::string extractor;  ///< Empty if features were not wanted.
  std::uint64_t events = 0, sessions = 0, users = 0, products = 0, category_ids = 0, category_codes = 0, brands = 0;
  std::int64_t first_time = 0, last_time = 0;  ///< Microseconds since 1970-01-01 UTC.
  TypeCounts types{};
  std::array<LabelBalance, 3> labels;  ///< By Label.
  std::vector<RatioTable> ratios;
  std::int64_t first_day = 0;         ///< Midnight (UTC) before first_time.
  std::vector<Season> days;           ///< Every day from first_day on to the log's last.
  std::array<Season, 7> weekdays{};   ///< Monday first.
  std::array<Season, 24> hours{};     ///< UTC.
  std::uint64_t targets = 0;          ///< Target events in sessions.
  std::uint64_t target_sessions = 0;  ///< Sessions with a target.
  std::vector<SizeRow> sizes;         ///< 1 to ExploreOptions::sizes.
  Distribution events_per_session;
  Distribution duration;  ///< Of sessions with two events or more, in whole seconds, cut.
  Distribution gap;       ///< Between one event of a session and the next, likewise.
  std::vector<MissingCount> missing;
  double label_entropy = 0.0;  ///< Of the label, in bits: the most that a feature can tell.
  std::vector<FeatureAssociation> features;
  Anomalies anomalies;
};

/// Looks at a whole log. Everything is exact, and the same for any number of threads.
/// @param account  receives what build_sessions says of the label's sessions, and what has no place in the tables.
/// @throws ParameterError for options out of range or an extractor that these sessions cannot feed; DataError for a log
/// whose times span more than 10,000 years; Cancelled.
/// Cost: linear in events where the log is in order of time, which is what a shop writes; else a sort by time is added.
/// Memory beyond the log: 32 bytes a session (a user, where the log names no sessions), 24 bytes a thread for each
/// product, brand and category; then what build_sessions takes, and the features of the sessions with a label; 8 bytes
/// an event more where the log is not in order of time.
Exploration explore(const EventLog& log, const ExploreOptions& options, Account& account);

/// The most memory, in bytes, that explore takes beside a log in order of time. Costs a pass over the log's sessions.
/// @throws as build_sessions does.
std::uint64_t exploration_bytes(const EventLog& log, const ExploreOptions& options);

}  // namespace cartwheel
