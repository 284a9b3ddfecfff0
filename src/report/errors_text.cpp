#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error_analysis.hpp>
#include <cartwheel/report.hpp>
#include <limits>

#include "core/csv_text.hpp"
#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"
#include "report/session_text.hpp"

namespace cartwheel {
namespace {

using report::Page;
using report::percent;
using report::thousands;
using ShownId = std::function<std::string(std::string_view)>;

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.4f}", *value) : "-"; }

void put_confusion(Page& page, const ModelErrors& m) {
  page.line("{:<24} {:>11} {:>11}   {:>9} {:>9} {:>8}", fmt::format("cut {:.4f}", m.threshold), "said no", "said yes",
            "precision", "recall", "f1");
  page.line("{:<24} {:>11} {:>11}   {:>9.4f} {:>9.4f} {:>8.4f}", "  without a target", thousands(m.tuned.true_negative),
            thousands(m.tuned.false_positive), m.tuned.precision(), m.tuned.recall(), m.tuned.f1());
  page.line("{:<24} {:>11} {:>11}", "  with a target", thousands(m.tuned.false_negative),
            thousands(m.tuned.true_positive));
  page.line("wrong: {} of {} ({}); at the cut 0.5 {}\nauc {}, average precision {:.4f}", thousands(m.all.errors()),
            thousands(m.all.sessions), percent(m.all.errors(), m.all.sessions),
            percent(m.plain.false_positive + m.plain.false_negative, m.all.sessions), number(m.roc_auc),
            m.average_precision);
}

void put_profit(Page& page, const DecisionProfit& p) {
  page.line("\nProfit a session by the matrix given");
  page.line("  this cut {:.4f} | cut 0.5 {:.4f} | yes to all {:.4f} | no to all {:.4f}", p.tuned, p.plain, p.all,
            p.none);
  page.line("  the best cut, known only afterwards: {:.4f} brings {:.4f}", p.best_threshold, p.best);
}

void put_calibration(Page& page, const Reliability& r) {
  page.line("\nCalibration: what became of sessions of about the same chance (error {:.4f})", r.error);
  page.line("  {:<14} {:>10} {:>10} {:>10} {:>10}", "P", "sessions", "mean P", "observed", "off by");
  for (const ReliabilityBin& bin : r.bins)
    if (bin.rows > 0)
      page.line("  {:<14} {:>10} {:>10.4f} {:>10.4f} {:>+10.4f}", fmt::format("{:.2f} to {:.2f}", bin.low, bin.high),
                thousands(bin.rows), bin.mean_probability, bin.observed(), bin.mean_probability - bin.observed());
}

/// A rule, cut between its conditions where a line is full.
void put_rule(Page& page, const std::string& rule) {
  constexpr std::string_view joint = " and ";
  constexpr std::size_t room = 76;
  std::string line;
  for (std::size_t begin = 0; begin < rule.size();) {
    const std::size_t end = std::min(rule.find(joint, begin + 1), rule.size());
    const std::string part = rule.substr(begin, end - begin);
    if (!line.empty() && line.size() + part.size() > room) {
      page.line("    {}", line);
      line = part.substr(1);
    } else {
      line += part;
    }
    begin = end;
  }
  page.line("    {}", line);
}

void put_segments(Page& page, const ModelErrors& m) {
  page.line("\nWeak segments: found on half of the sessions, measured on the other half");
  if (!m.no_segments.empty()) return page.line("  none: {}", m.no_segments);
  if (m.segments.empty()) return page.line("  none");
  page.line("  {:>8} {:>9} {:>5} {:>9} {:>9} {:>8} {:>8}", "sessions", "error", "lift", "false yes", "false no",
            "mean P", "observed");
  for (const WeakSegment& s : m.segments) {
    page.line("  {:>8} {:>9} {:>5.2f} {:>9} {:>9} {:>8.4f} {:>8.4f}", thousands(s.sessions),
              percent(s.measured.errors(), s.measured.sessions), s.lift,
              percent(s.measured.false_positives, s.measured.sessions),
              percent(s.measured.false_negatives, s.measured.sessions), s.measured.probability, s.measured.observed());
    put_rule(page, data::escaped(s.rule, 400));
  }
}

void put_periods(Page& page, const ModelErrors& m) {
  page.line("\nDrift: does the score keep pace with what happens?");
  page.line("  {:<10} {:>9} {:>8} {:>9} {:>8} {:>8} {:>8} {:>7}", "from", "sessions", "mean P", "observed", "off by",
            "said yes", "error", "auc");
  for (const DriftPeriod& p : m.periods)
    page.line("  {:<10} {:>9} {:>8.4f} {:>9.4f} {:>+8.4f} {:>8} {:>8} {:>7}", core::format_date(p.begin),
              thousands(p.count.sessions), p.count.probability, p.count.observed(),
              p.count.probability - p.count.observed(), percent(p.count.yes, p.count.sessions),
              percent(p.count.errors(), p.count.sessions), number(p.roc_auc));
}

void put_wrong(Page& page, std::string_view title, const std::vector<WrongSession>& sessions, const ShownId& id) {
  if (sessions.empty()) return;
  page.line("\n{}", title);
  for (const WrongSession& s : sessions) {
    page.line("\n  session {}: chance {:.1f}%, what happened: {}", data::escaped(id ? id(s.session) : s.session, 40),
              100.0 * s.probability, s.label ? "a target" : "no target");
    report::put_events(page, s.events);
  }
}

void put_disagreements(Page& page, const ErrorAnalysis& a) {
  if (a.disagreements.empty()) return;
  page.line("\nWhere models disagree: who is right, in shares of the sessions");
  page.line("  {:<20} {:<20} {:>8} {:>8} {:>8} {:>8}", "first", "second", "both", "first", "second", "neither");
  for (const Disagreement& d : a.disagreements)
    page.line("  {:<20} {:<20} {:>8} {:>8} {:>8} {:>8}", data::escaped(a.models[d.first].name, 20),
              data::escaped(a.models[d.second].name, 20), percent(d.both_right, a.sessions),
              percent(d.first_right, a.sessions), percent(d.second_right, a.sessions),
              percent(d.both_wrong, a.sessions));
}

}  // namespace

std::string errors_text(const ErrorAnalysis& a, const ShownId& id) {
  Page page;
  page.line("{} sessions from {} to {}, {} of them with a target", thousands(a.sessions),
            core::format_date(a.first_start), core::format_date(a.last_start), percent(a.positives, a.sessions));
  for (const ModelErrors& m : a.models) {
    page.line("\n== {}", data::escaped(m.name, 76));
    put_confusion(page, m);
    put_profit(page, m.profit);
    put_calibration(page, m.reliability);
    put_segments(page, m);
    put_periods(page, m);
    put_wrong(page, "Worst false yes: high chance, no target", m.false_positives, id);
    put_wrong(page, "Worst false no: low chance, and yet a target", m.false_negatives, id);
  }
  put_disagreements(page, a);
  return page.text;
}

std::string errors_csv(const ErrorAnalysis& a) {
  std::string text =
      "model,table,name,sessions,positives,yes,false_positives,false_negatives,error_rate,mean_probability,observed,"
      "lift\n";
  for (const ModelErrors& m : a.models) {
    const auto add = [&](std::string_view table, std::string_view name, const ErrorCount& c, std::string_view lift) {
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{},{}\n", core::csv_field(m.name), table,
                     core::csv_field(name), c.sessions, c.positives, c.yes, c.false_positives, c.false_negatives,
                     c.error_rate(), c.probability, c.observed(), lift);
    };
    add("all", "", m.all, "1");
    for (const WeakSegment& s : m.segments) add("segment", s.rule, s.measured, fmt::format("{}", s.lift));
    for (const ReliabilityBin& bin : m.reliability.bins)
      if (bin.rows > 0)
        fmt::format_to(std::back_inserter(text), "{},calibration,{} to {},{},{},,,,,{},{},\n", core::csv_field(m.name),
                       bin.low, bin.high, bin.rows, bin.positives, bin.mean_probability, bin.observed());
    for (const DriftPeriod& p : m.periods) add("period", core::format_time(p.begin), p.count, "");
  }
  return text;
}

}  // namespace cartwheel
