#include <algorithm>
#include <cartwheel/exploration.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <memory>
#include <span>

#include "core/parallel.hpp"
#include "exploration/calendar.hpp"
#include "exploration/event_counts.hpp"
#include "exploration/feature_association.hpp"
#include "exploration/label_balance.hpp"
#include "exploration/ratio_tables.hpp"
#include "exploration/repeats.hpp"
#include "exploration/session_counts.hpp"
#include "selection/progress_meter.hpp"

namespace cartwheel {
namespace {

using exploration::Calendar;
using exploration::EventCounts;
using exploration::SessionCounts;

void take_overview(Exploration& result, const EventLog& log) {
  result.events = log.size();
  result.users = log.users().size() - 1;
  result.products = log.products().size() - 1;
  result.category_ids = log.category_ids().size() - 1;
  result.category_codes = log.category_codes().size() - 1;
  result.brands = log.brands().size() - 1;
}

void take_events(Exploration& result, const EventCounts& counts) {
  result.types = counts.types;
  constexpr std::array columns{"product_id", "category_id", "category_code", "brand",
                               "price",      "user_id",     "user_session"};
  for (std::size_t c = 0; c < columns.size(); ++c) result.missing.push_back({columns[c], counts.missing[c]});
  result.anomalies.negative_prices = counts.negative_prices;
  result.anomalies.zero_prices = counts.zero_prices;
  result.days.resize(counts.days.size());
  for (std::size_t d = 0; d < counts.days.size(); ++d) result.days[d].events = counts.days[d];
  for (std::size_t d = 0; d < counts.weekdays.size(); ++d) result.weekdays[d].events = counts.weekdays[d];
  for (std::size_t h = 0; h < counts.hours.size(); ++h) result.hours[h].events = counts.hours[h];
}

void take_sizes(Exploration& result, const SessionCounts& counts, int sizes) {
  SizeRow row;
  std::uint64_t shorter = 0;
  for (row.size = 1; row.size <= static_cast<std::uint32_t>(sizes); ++row.size) {
    row.sessions = counts.events.count(row.size);
    row.sessions_reached = counts.sessions - shorter;
    row.targets_reached += counts.target_places.count(row.size);
    row.first_targets_reached += counts.first_target_places.count(row.size);
    shorter += row.sessions;
    result.sizes.push_back(row);
  }
}

void take_sessions(Exploration& result, const SessionCounts& counts, const Calendar& calendar, int sizes) {
  result.sessions = counts.sessions;
  result.events_per_session = counts.events.distribution();
  result.duration = counts.durations.distribution();
  result.gap = counts.gaps.distribution();
  result.targets = counts.target_places.distribution().count;
  result.target_sessions = counts.first_target_places.distribution().count;
  result.anomalies.without_session = counts.without_session;
  result.anomalies.several_users = counts.several_users;
  result.anomalies.over_a_day = counts.over_a_day;
  result.anomalies.purchase_before_cart = counts.purchase_before_cart;
  for (std::size_t d = 0; d < counts.starts_by_day.size(); ++d) {
    result.days[d].sessions = counts.starts_by_day[d];
    result.weekdays[calendar.weekday_of_day(d)].sessions += counts.starts_by_day[d];
  }
  for (std::size_t h = 0; h < counts.starts_by_hour.size(); ++h) result.hours[h].sessions = counts.starts_by_hour[h];
  take_sizes(result, counts, sizes);
}

void take_labels(Exploration& result, const SessionTable& sessions, std::span<const std::uint32_t> complete,
                 const Calendar& calendar) {
  for (const std::uint32_t row : complete) {
    const exploration::Place place = calendar.place(sessions.start[row]);
    for (Season* season :
         {&result.days[place.day], &result.weekdays[calendar.weekday_of_day(place.day)], &result.hours[place.hour]}) {
      ++season->labelled;
      season->positives += sessions.label[row];
    }
  }
}

void take_features(Exploration& result, const SessionTable& sessions, std::span<const std::uint32_t> complete,
                   FeatureExtractor& extractor) {
  std::vector<std::uint8_t> labels;
  std::uint64_t positives = 0;
  for (const std::uint32_t row : complete) {
    labels.push_back(sessions.label[row]);
    positives += sessions.label[row];
  }
  result.label_entropy = exploration::binary_entropy(positives, labels.size());
  const FeatureMatrix features = extractor.fit_transform(sessions, complete, sessions.log_end);
  result.features = exploration::associate_features(features, labels);
}

}  // namespace

std::uint64_t exploration_bytes(const EventLog& log, const ExploreOptions& options) {
  constexpr std::uint64_t session_bytes = 32, name_bytes = 24, column_bytes = sizeof(float), row_bytes = 16;
  constexpr std::uint64_t whatever_the_log = std::uint64_t{64} << 20;
  const std::uint64_t names =
      log.products().size() + log.category_ids().size() + log.category_codes().size() + log.brands().size();
  const std::uint64_t groups = log.sessions().size() > 1 ? log.sessions().size() : log.users().size();
  const std::uint64_t counting =
      groups * session_bytes + names * name_bytes * static_cast<std::uint64_t>(core::thread_count());
  const SessionMemory sessions = session_memory(log, options.sessions);
  std::uint64_t features = 0;
  if (options.features) {
    const auto extractor = make_feature_extractor(options.extractor, options.extractor_parameters);
    features = sessions.windows * (row_bytes + column_bytes * extractor->definitions().size());
  }
  return std::max(counting, sessions.most + features) + whatever_the_log;
}

Exploration explore(const EventLog& log, const ExploreOptions& options, Account& account) {
  options.check();
  std::unique_ptr<FeatureExtractor> extractor;
  if (options.features) extractor = make_feature_extractor(options.extractor, options.extractor_parameters);

  Exploration result;
  result.session_options = options.sessions;
  if (extractor) result.extractor = extractor->name();
  take_overview(result, log);
  const exploration::TimeOrder order = exploration::time_order(log);
  result.first_time = order.first;
  result.last_time = order.last;
  result.anomalies.out_of_order = order.out_of_order;
  const bool in_order = order.out_of_order == 0;
  const Calendar calendar(order.first, order.last);
  result.first_day = calendar.first_day();

  {
    const EventCounts counts = count_events(log, calendar, options.progress);
    take_events(result, counts);
    result.ratios = ratio_tables(log, counts, options.min_views);
  }
  result.anomalies.exact_repeats = exploration::count_repeats(log, in_order, options.progress);
  take_sessions(result, count_sessions(log, options.sessions, calendar, in_order, options.progress), calendar,
                options.sizes);

  selection::ProgressMeter meter(options.progress, "building sessions", 3);
  SessionOptions any_target = options.sessions;
  any_target.label = Label::session;
  Account unused;
  SessionTable sessions = build_sessions(log, any_target, options.sessions.label == Label::session ? account : unused);
  meter.finish_one();
  result.labels = exploration::label_balances(sessions, result.sessions);
  if (options.sessions.label != Label::session) {
    sessions = {};  // before the next one is made
    sessions = build_sessions(log, options.sessions, account);
  }
  meter.finish_one();
  const std::vector<std::uint32_t> complete = exploration::complete_rows(sessions);
  take_labels(result, sessions, complete, calendar);
  if (extractor) take_features(result, sessions, complete, *extractor);
  meter.finish_one();
  return result;
}

}  // namespace cartwheel
