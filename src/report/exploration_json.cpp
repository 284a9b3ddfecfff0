#include <algorithm>
#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>

#include "core/time.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? Json() : Json(static_cast<double>(part) / static_cast<double>(whole));
}

Json overview_of(const Exploration& e) {
  return {{"events", e.events},
          {"sessions", e.sessions},
          {"users", e.users},
          {"products", e.products},
          {"category_ids", e.category_ids},
          {"category_codes", e.category_codes},
          {"brands", e.brands},
          {"first_time", core::format_time(e.first_time)},
          {"last_time", core::format_time(e.last_time)},
          {"days", e.days.size()}};
}

Json types_of(const TypeCounts& counts) {
  Json types = Json::object();
  for (std::size_t type = 0; type < counts.size(); ++type)
    types[std::string(name_of(static_cast<EventType>(type)))] = counts[type];
  return types;
}

Json labels_of(const Exploration& e) {
  Json labels = Json::object();
  for (const LabelBalance& label : e.labels)
    labels[std::string(name_of(label.label))] = {
        {"sessions", label.sessions},   {"incomplete", label.incomplete},
        {"positives", label.positives}, {"rate", or_null(label.rate())},
        {"too_short", label.too_short}, {"target_in_window", label.target_in_window}};
  return labels;
}

Json ratios_of(const Exploration& e, std::size_t top) {
  Json tables = Json::object();
  for (const RatioTable& table : e.ratios) {
    Json rows = Json::array();
    const std::size_t count = top == 0 ? table.rows.size() : std::min(top, table.rows.size());
    for (const RatioRow& row : std::span(table.rows).first(count)) {
      const auto interval = row.interval();
      rows.push_back({{"name", row.name.empty() ? Json() : Json(row.name)},
                      {"view_count", row.view_count},
                      {"cart_count", row.cart_count},
                      {"purchase_count", row.purchase_count},
                      {"cart_ratio", or_null(row.cart_ratio())},
                      {"cart_ratio_low", interval ? Json(interval->at(0)) : Json()},
                      {"cart_ratio_high", interval ? Json(interval->at(1)) : Json()}});
    }
    tables[table.name] = {{"rows", rows}, {"not_shown", table.rows.size() - count}, {"left_out", table.left_out}};
  }
  return tables;
}

Json season_of(const std::string& key, const Json& name, const Season& season) {
  return {{key, name},
          {"events", season.event_count()},
          {"types", types_of(season.events)},
          {"sessions", season.sessions},
          {"labelled", season.labelled},
          {"positives", season.positives},
          {"label_rate", or_null(season.label_rate())}};
}

Json seasons_of(const Exploration& e) {
  Json days = Json::array(), weekdays = Json::array(), hours = Json::array();
  for (std::size_t d = 0; d < e.days.size(); ++d) {
    const std::int64_t day = e.first_day + static_cast<std::int64_t>(d) * core::microseconds_per_day;
    days.push_back(season_of("day", core::format_date(day), e.days[d]));
  }
  for (std::size_t d = 0; d < e.weekdays.size(); ++d) weekdays.push_back(season_of("weekday", d, e.weekdays[d]));
  for (std::size_t h = 0; h < e.hours.size(); ++h) hours.push_back(season_of("hour", h, e.hours[h]));
  return {{"days", days}, {"weekdays", weekdays}, {"hours", hours}};
}

Json sizes_of(const Exploration& e) {
  Json rows = Json::array();
  for (const SizeRow& row : e.sizes)
    rows.push_back({{"size", row.size},
                    {"sessions", row.sessions},
                    {"sessions_reached", row.sessions_reached},
                    {"share_of_sessions", share(row.sessions_reached, e.sessions)},
                    {"targets_reached", row.targets_reached},
                    {"share_of_targets", share(row.targets_reached, e.targets)},
                    {"first_targets_reached", row.first_targets_reached},
                    {"share_of_first_targets", share(row.first_targets_reached, e.target_sessions)}});
  return {{"targets", e.targets}, {"target_sessions", e.target_sessions}, {"sizes", rows}};
}

Json distribution_of(const Distribution& distribution) {
  Json quantiles = Json::array();
  for (std::size_t q = 0; q < Distribution::thousandths.size(); ++q)
    quantiles.push_back({{"share", Distribution::thousandths[q] / 1000.0}, {"value", distribution.quantiles[q]}});
  return {{"count", distribution.count}, {"mean", distribution.mean}, {"quantiles", quantiles}};
}

Json missing_of(const Exploration& e) {
  Json columns = Json::object();
  for (const MissingCount& column : e.missing)
    columns[column.column] = {{"events", column.events}, {"share", share(column.events, e.events)}};
  return columns;
}

Json features_of(const Exploration& e) {
  Json rows = Json::array();
  for (const FeatureAssociation& feature : e.features)
    rows.push_back({{"feature", feature.feature},
                    {"missing", feature.missing},
                    {"pearson", or_null(feature.pearson)},
                    {"mutual_information_bits", feature.mutual_information}});
  return {{"extractor", e.extractor},
          {"label", std::string(name_of(e.session_options.label))},
          {"label_entropy_bits", e.label_entropy},
          {"rows", rows}};
}

Json anomalies_of(const Anomalies& a) {
  return {{"exact_repeats", a.exact_repeats},     {"negative_prices", a.negative_prices},
          {"zero_prices", a.zero_prices},         {"out_of_order", a.out_of_order},
          {"without_session", a.without_session}, {"several_users", a.several_users},
          {"over_a_day", a.over_a_day},           {"purchase_before_cart", a.purchase_before_cart}};
}

}  // namespace

std::string exploration_json(const Exploration& exploration, std::size_t top) {
  const Json document{{"overview", overview_of(exploration)},
                      {"event_types", types_of(exploration.types)},
                      {"labels", labels_of(exploration)},
                      {"ratios", ratios_of(exploration, top)},
                      {"seasons", seasons_of(exploration)},
                      {"session_sizes", sizes_of(exploration)},
                      {"events_per_session", distribution_of(exploration.events_per_session)},
                      {"duration_seconds", distribution_of(exploration.duration)},
                      {"gap_seconds", distribution_of(exploration.gap)},
                      {"missing", missing_of(exploration)},
                      {"features", features_of(exploration)},
                      {"anomalies", anomalies_of(exploration.anomalies)}};
  // Names are bytes as found; what is not UTF-8 is shown as such.
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cartwheel
