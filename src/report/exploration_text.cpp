#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/report.hpp>
#include <string_view>

#include "core/csv_text.hpp"
#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace cartwheel {
namespace {

using report::Page;
using report::percent;
using report::thousands;

std::string target_name(const SessionOptions& options) {
  if (options.target_cart && options.target_purchase) return "cart or purchase";
  return options.target_cart ? "cart" : "purchase";
}

void put_overview(Page& page, const Exploration& e) {
  page.line("{} events in {} sessions of {} users", thousands(e.events), thousands(e.sessions), thousands(e.users));
  page.line("{} to {} UTC, {} days", core::format_time(e.first_time), core::format_time(e.last_time),
            thousands(e.days.size()));
  page.line("{} products, {} categories ({} with a code), {} brands", thousands(e.products), thousands(e.category_ids),
            thousands(e.category_codes), thousands(e.brands));
}

void put_types(Page& page, const Exploration& e) {
  page.line("\n{:<20} {:>14} {:>8}", "Event type", "events", "share");
  for (std::size_t type = 0; type < e.types.size(); ++type)
    page.line("{:<20} {:>14} {:>8}", name_of(static_cast<EventType>(type)), thousands(e.types[type]),
              percent(e.types[type], e.events));
}

void put_labels(Page& page, const Exploration& e) {
  const SessionOptions& options = e.session_options;
  page.line("\nLabel: {}; windows of {} event{}, horizon {}", target_name(options), options.size,
            options.size == 1 ? "" : "s", core::format_duration(options.horizon));
  page.line("{:<10} {:>11} {:>11} {:>8} | {:>11} {:>11} {:>10}", "", "sessions", "positive", "rate", "too short",
            "in window", "incomplete");
  for (const LabelBalance& label : e.labels)
    page.line("{:<10} {:>11} {:>11} {:>8} | {:>11} {:>11} {:>10}", name_of(label.label),
              thousands(label.sessions - label.incomplete), thousands(label.positives), percent(label.rate()),
              thousands(label.too_short), thousands(label.target_in_window), thousands(label.incomplete));
  page.line("(right: left out; in window: a target before the label's time begins)");
}

/// At most 25 columns. Of a path the end tells more than the beginning.
std::string shown_name(std::string_view name) {
  constexpr std::size_t room = 22;
  if (name.empty()) return "(missing)";
  if (name.size() <= room + 3 || name.find_first_of("/.") == std::string_view::npos) return data::escaped(name, room);
  std::string_view end = name.substr(name.size() - room);
  const auto inside_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; };
  while (!end.empty() && inside_character(end.front())) end.remove_prefix(1);
  return "..." + data::escaped(end, room);
}

std::string interval_text(const RatioRow& row) {
  const auto interval = row.interval();
  return interval ? fmt::format("{:.2f}-{:.2f}", 100.0 * interval->at(0), 100.0 * interval->at(1)) : "-";
}

void put_ratios(Page& page, const RatioTable& table, std::size_t top) {
  const std::size_t rows = top == 0 ? table.rows.size() : std::min(top, table.rows.size());
  page.line("\n{:<25} {:>11} {:>10} {:>10} {:>7} {:>12}", table.name, "views", "carts", "purchases", "ratio",
            "95% from-to");
  for (const RatioRow& row : std::span(table.rows).first(rows))
    page.line("{:<25} {:>11} {:>10} {:>10} {:>7} {:>12}", shown_name(row.name), thousands(row.view_count),
              thousands(row.cart_count), thousands(row.purchase_count), percent(row.cart_ratio()), interval_text(row));
  if (rows < table.rows.size()) page.line("({} more; --top 0 shows all)", thousands(table.rows.size() - rows));
  if (table.left_out > 0) page.line("({} with fewer views left out)", thousands(table.left_out));
}

using NamedSeasons = std::vector<std::pair<std::string, Season>>;

void put_season_table(Page& page, std::string_view title, const NamedSeasons& seasons, std::uint64_t all_events) {
  constexpr double bar_width = 11.0;
  std::uint64_t most = 1;
  for (const auto& [name, season] : seasons) most = std::max(most, season.event_count());
  page.line("\n{:<12} {:>13} {:>7} {:>12} {:>11} {:>8}", title, "events", "share", "sessions", "labelled", "rate");
  for (const auto& [name, season] : seasons) {
    const double height = static_cast<double>(season.event_count()) / static_cast<double>(most);
    page.line("{:<12} {:>13} {:>7} {:>12} {:>11} {:>8} {}", name, thousands(season.event_count()),
              percent(season.event_count(), all_events), thousands(season.sessions), thousands(season.labelled),
              percent(season.label_rate()), std::string(static_cast<std::size_t>(bar_width * height + 0.5), '#'));
  }
}

void add_season(Season& sum, const Season& more) {
  for (std::size_t type = 0; type < sum.events.size(); ++type) sum.events[type] += more.events[type];
  sum.sessions += more.sessions;
  sum.labelled += more.labelled;
  sum.positives += more.positives;
}

/// Days one by one, or several to a line where there are many.
void put_days(Page& page, const Exploration& e) {
  constexpr std::size_t most_lines = 31;
  const std::size_t days_a_line = (e.days.size() + most_lines - 1) / most_lines;
  NamedSeasons lines;
  for (std::size_t d = 0; d < e.days.size(); ++d) {
    const std::int64_t day = e.first_day + static_cast<std::int64_t>(d) * core::microseconds_per_day;
    if (d % days_a_line == 0) lines.emplace_back(core::format_date(day), Season{});
    add_season(lines.back().second, e.days[d]);
  }
  put_season_table(page, days_a_line == 1 ? "Day" : fmt::format("{} days from", days_a_line), lines, e.events);
}

void put_seasons(Page& page, const Exploration& e) {
  put_days(page, e);
  constexpr std::array names{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  NamedSeasons weekdays, hours;
  for (std::size_t d = 0; d < names.size(); ++d) weekdays.emplace_back(names[d], e.weekdays[d]);
  for (std::size_t h = 0; h < e.hours.size(); ++h) hours.emplace_back(fmt::format("{:02}:00", h), e.hours[h]);
  put_season_table(page, "Weekday", weekdays, e.events);
  put_season_table(page, "Hour (UTC)", hours, e.events);
}

void put_sizes(Page& page, const Exploration& e) {
  page.line("\n{:<6} {:>13} {:>13} {:>13} {:>15} {:>15}", "Events", "sessions", "sessions", "targets", "first target",
            "first target");
  page.line("{:<6} {:>13} {:>13} {:>13} {:>15} {:>15}", "k", "of k", "of k or more", "in first k", "in first k",
            "still ahead");
  for (const SizeRow& row : e.sizes)
    page.line("{:<6} {:>13} {:>13} {:>13} {:>15} {:>15}", row.size, thousands(row.sessions),
              percent(row.sessions_reached, e.sessions), percent(row.targets_reached, e.targets),
              percent(row.first_targets_reached, e.target_sessions),
              percent(e.target_sessions - row.first_targets_reached, e.target_sessions));
}

void put_distributions(Page& page, const Exploration& e) {
  page.line("\n{:<10} {:>18} {:>18} {:>18}", "", "events a session", "duration, seconds", "gap, seconds");
  page.line("{:<10} {:>18} {:>18} {:>18}", "count", thousands(e.events_per_session.count), thousands(e.duration.count),
            thousands(e.gap.count));
  page.line("{:<10} {:>18.2f} {:>18.1f} {:>18.1f}", "mean", e.events_per_session.mean, e.duration.mean, e.gap.mean);
  for (std::size_t q = 0; q < Distribution::thousandths.size(); ++q) {
    const int share = Distribution::thousandths[q] / 10;
    page.line("{:<10} {:>18} {:>18} {:>18}",
              share == 0     ? "least"
              : share == 100 ? "most"
                             : fmt::format("{}%", share),
              thousands(e.events_per_session.quantiles[q]), thousands(e.duration.quantiles[q]),
              thousands(e.gap.quantiles[q]));
  }
}

void put_features(Page& page, const Exploration& e) {
  if (e.features.empty()) return;
  page.line("\nFeature ({}) and the label '{}', whose entropy is {:.4f} bits", e.extractor,
            name_of(e.session_options.label), e.label_entropy);
  page.line("{:<35} {:>10} {:>18} {:>13}", "", "Pearson", "information, bits", "of the label's");
  std::vector<const FeatureAssociation*> order;
  for (const FeatureAssociation& feature : e.features) order.push_back(&feature);
  std::ranges::stable_sort(order, std::greater{}, &FeatureAssociation::mutual_information);
  for (const FeatureAssociation* feature : order) {
    const std::optional<double> share =
        e.label_entropy > 0.0 ? std::optional(feature->mutual_information / e.label_entropy) : std::nullopt;
    page.line("{:<35} {:>10} {:>18.4f} {:>13}", data::escaped(feature->feature, 32),
              feature->pearson ? fmt::format("{:+.4f}", *feature->pearson) : "-", feature->mutual_information,
              percent(share));
  }
}

void put_missing(Page& page, const Exploration& e) {
  page.line("\n{:<20} {:>14} {:>8}", "Missing in", "events", "share");
  for (const MissingCount& column : e.missing)
    page.line("{:<20} {:>14} {:>8}", column.column, thousands(column.events), percent(column.events, e.events));
}

void put_anomalies(Page& page, const Exploration& e) {
  const Anomalies& a = e.anomalies;
  page.line("\nRepeats and anomalies");
  const auto count = [&](std::uint64_t number, std::string_view what) {
    page.line("{:>13}  {}", thousands(number), what);
  };
  count(a.exact_repeats, "events that equal an earlier one in every column");
  count(a.negative_prices, "events with a negative price");
  count(a.zero_prices, "events with a price of 0");
  count(a.out_of_order, "events with a time before that of an event further up");
  count(a.without_session, "events that belong to no session");
  count(a.several_users, "sessions with events of several users");
  count(a.over_a_day, "sessions over a day long");
  count(a.purchase_before_cart, "sessions with a purchase before any cart, or without one");
}

}  // namespace

std::string exploration_text(const Exploration& exploration, std::size_t top) {
  Page page;
  put_overview(page, exploration);
  put_types(page, exploration);
  put_labels(page, exploration);
  for (const RatioTable& table : exploration.ratios) put_ratios(page, table, top);
  put_seasons(page, exploration);
  put_sizes(page, exploration);
  put_distributions(page, exploration);
  put_features(page, exploration);
  put_missing(page, exploration);
  put_anomalies(page, exploration);
  return page.text;
}

std::string exploration_csv(const Exploration& exploration, std::size_t top) {
  std::string text = "table,name,view_count,cart_count,purchase_count,cart_ratio,cart_ratio_low,cart_ratio_high\n";
  const auto shown = [](const std::optional<double>& number) { return number ? fmt::format("{}", *number) : ""; };
  for (const RatioTable& table : exploration.ratios) {
    const std::size_t rows = top == 0 ? table.rows.size() : std::min(top, table.rows.size());
    for (const RatioRow& row : std::span(table.rows).first(rows)) {
      const auto interval = row.interval();
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{}\n", table.name, core::csv_field(row.name),
                     row.view_count, row.cart_count, row.purchase_count, shown(row.cart_ratio()),
                     interval ? fmt::format("{}", interval->at(0)) : "",
                     interval ? fmt::format("{}", interval->at(1)) : "");
    }
  }
  return text;
}

}  // namespace cartwheel
