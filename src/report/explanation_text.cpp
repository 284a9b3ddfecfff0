#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/explanation.hpp>
#include <cartwheel/report.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/csv_text.hpp"
#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"
#include "report/session_text.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;
using report::Page;

std::string_view yes_or_no(bool decision) { return decision ? "yes" : "no"; }

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string effect(double points) {
  const double size = std::abs(100.0 * points);
  if (size < 0.05) return "hardly matters";
  return fmt::format("{} the chance by {:.1f} point{}", points > 0 ? "raises" : "lowers", size,
                     fmt::format("{:.1f}", size) == "1.0" ? "" : "s");
}

void put_contributions(Page& page, const Explanation& e, std::size_t features) {
  const std::size_t shown = features == 0 ? e.contributions.size() : std::min(features, e.contributions.size());
  page.line("  {:>6.1f}  where every session begins", 100.0 * e.base);
  for (const FeatureContribution& c : std::span(e.contributions).first(shown)) {
    const std::string words = sentence(data::escaped(c.words)), what = effect(c.points);
    if (words.size() + what.size() + 12 <= 80)
      page.line("  {:>+6.1f}  {}: {}", 100.0 * c.points, words, what);
    else
      page.line("  {:>+6.1f}  {}:\n          {}", 100.0 * c.points, words, what);
  }
  if (shown < e.contributions.size()) {
    const auto rest = std::span(e.contributions).subspan(shown);
    const double points = std::accumulate(rest.begin(), rest.end(), 0.0,
                                          [](double sum, const FeatureContribution& c) { return sum + c.points; });
    page.line("  {:>+6.1f}  the other {} features together", 100.0 * points, rest.size());
  }
  page.line("  {:>6.1f}  this session", 100.0 * e.probability);
}

/// "had event 2 (product A, ...) come after 5s instead of 1m 10s".
std::string condition(const Explanation& e, const EventChange& change) {
  const std::string which = fmt::format("had event {}", change.event + 1);
  switch (change.what) {
    case EventChange::What::time: {
      const std::int64_t before = e.window[change.event - 1].time;
      return fmt::format("{} come {} after the one before it, not {}", which,
                         report::pause_text(change.after.time - before),
                         report::pause_text(change.before.time - before));
    }
    case EventChange::What::price:
      return fmt::format("{} had the price {:.2f}, not {:.2f}", which, change.after.price.value_or(0.0),
                         change.before.price.value_or(0.0));
    case EventChange::What::product:
      return fmt::format("{} been of\n    {},\n  not of\n    {}", which, report::event_words(change.after),
                         report::event_words(change.before));
  }
  return which;
}

void put_change(Page& page, const Explanation& e) {
  if (!e.change) {
    page.line("No change of one event could be tried.");
    return;
  }
  if (e.change->decision != e.decision)
    page.line("The nearest change that makes it a {}:\n  {};\n  the chance would be {:.1f}%.",
              yes_or_no(e.change->decision), condition(e, *e.change), 100.0 * e.change->probability);
  else
    page.line("None of {} changes of one event moves the decision. The closest:\n  {};\n  the chance would be {:.1f}%.",
              report::thousands(e.changes_tried), condition(e, *e.change), 100.0 * e.change->probability);
}

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json change_json(const EventChange& change) {
  constexpr std::string_view names[] = {"price", "time", "product"};
  return {{"what", names[static_cast<std::size_t>(change.what)]},
          {"event", change.event + 1},
          {"before", report::events_json(std::span(&change.before, 1))[0]},
          {"after", report::events_json(std::span(&change.after, 1))[0]},
          {"probability", change.probability},
          {"decision", change.decision}};
}

}  // namespace

std::string explanation_text(const Explanation& e, std::size_t features) {
  Page page;
  page.line("Session {}\n", data::escaped(e.session));
  report::put_events(page, e.window);
  page.line("\nThe chance of a target is {:.1f}%: a {}, because {:.1f}% or more is a yes.{}", 100.0 * e.probability,
            yes_or_no(e.decision), 100.0 * e.threshold,
            e.label ? fmt::format("\nWhat happened: {}.", *e.label ? "a target" : "no target") : "");
  page.line("Of the sessions that the model learned from, {:.1f}% had one.\n", 100.0 * e.training_base_rate);
  put_contributions(page, e, features);
  page.line("");
  put_change(page, e);
  return page.text;
}

std::string explanation_csv(const Explanation& e) {
  std::string text = "feature,value,points,log_odds,words\n";
  const auto number = [](const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; };
  text += fmt::format("base,,{},{},where every session begins\n", e.base, number(e.base_log_odds));
  for (const FeatureContribution& c : e.contributions)
    text += fmt::format("{},{},{},{},{}\n", core::csv_field(c.feature), number(c.value), c.points, number(c.log_odds),
                        core::csv_field(c.words));
  return text;
}

std::string explanation_json(const Explanation& e) {
  Json contributions = Json::array();
  for (const FeatureContribution& c : e.contributions)
    contributions.push_back({{"feature", c.feature},
                             {"value", or_null(c.value)},
                             {"points", c.points},
                             {"log_odds", or_null(c.log_odds)},
                             {"words", c.words}});
  const Json document{{"session", e.session},
                      {"start", core::format_time(e.start)},
                      {"events", report::events_json(e.window)},
                      {"training_base_rate", e.training_base_rate},
                      {"base", e.base},
                      {"base_log_odds", or_null(e.base_log_odds)},
                      {"probability", e.probability},
                      {"threshold", e.threshold},
                      {"decision", e.decision},
                      {"label", e.label ? Json(*e.label) : Json()},
                      {"contributions", contributions},
                      {"change", e.change ? change_json(*e.change) : Json()},
                      {"change_moves_decision", e.change && e.change->decision != e.decision},
                      {"changes_tried", e.changes_tried}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cartwheel
