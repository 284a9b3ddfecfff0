#include <fmt/format.h>

#include <cartwheel/pitfalls.hpp>
#include <cartwheel/report.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/csv_text.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;
using report::Page;

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.4f}", *value) : "-"; }

/// By how much this step's mend shrinks what the claim is away from the truth; nothing for the first two.
std::optional<double> closed(const Pitfalls& p, std::size_t step) {
  if (step == 0) return std::nullopt;
  return std::abs(p.steps[step - 1].gap()) - std::abs(p.steps[step].gap());
}

Json to_json(const PitfallScore& s) {
  return {{"sessions", s.sessions},
          {"base_rate", s.base_rate},
          {"accuracy", s.accuracy},
          {"f1", s.f1},
          {"average_precision", s.average_precision},
          {"roc_auc", s.roc_auc ? Json(*s.roc_auc) : Json()}};
}

}  // namespace

std::string pitfalls_text(const Pitfalls& p) {
  Page page;
  page.line("{} called after {} event{}; means over {} batch{}\n", p.model, p.window, p.window == 1 ? "" : "s",
            p.batches.size(), p.batches.size() == 1 ? "" : "es");
  page.line("                its own table says                on later data       claim -");
  page.line("{:<12} {:>8} {:>8} {:>8} | {:>8} {:>8} {:>8} | {:>7} {:>7}", "", "accuracy", "f1", "auc", "accuracy", "f1",
            "auc", "truth", "closed");
  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    const PitfallStep& s = p.steps[i];
    const auto shrunk = closed(p, i);
    page.line("{:<12} {:>8.4f} {:>8.4f} {:>8} | {:>8.4f} {:>8.4f} {:>8} | {:>+7.4f} {:>7}", s.name, s.claimed.accuracy,
              s.claimed.f1, number(s.claimed.roc_auc), s.later.accuracy, s.later.f1, number(s.later.roc_auc), s.gap(),
              shrunk && i > 1 ? fmt::format("{:+.4f}", *shrunk) : "");
  }
  page.line("\n(claim - truth: F1 of its own table less F1 on later data; closed: how much of");
  page.line("that the mend takes away. Each line has the mends of those above it, too.)\n");
  for (const PitfallStep& s : p.steps) page.line("{:<12} {}", s.name, s.story);
  const PitfallStep &naive = p.steps.front(), &honest = p.steps.back();
  page.line("\nThe naive table promises an accuracy of {:.4f}; called after {} events on later", naive.claimed.accuracy,
            p.window);
  page.line("data its model reaches F1 {:.4f} (no to all: accuracy {:.4f}, F1 0). The honest", naive.later.f1,
            1.0 - naive.later.base_rate);
  page.line("one promises F1 {:.4f} and reaches {:.4f}.", honest.claimed.f1, honest.later.f1);
  return page.text;
}

std::string pitfalls_csv(const Pitfalls& p) {
  std::string text =
      "step,claimed_accuracy,claimed_f1,claimed_auc,claimed_ap,claimed_sessions,later_accuracy,later_f1,later_auc,"
      "later_ap,later_sessions,gap,closed,story\n";
  const auto auc = [](const PitfallScore& s) { return s.roc_auc ? fmt::format("{}", *s.roc_auc) : ""; };
  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    const PitfallStep& s = p.steps[i];
    const auto shrunk = closed(p, i);
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", s.name, s.claimed.accuracy,
                   s.claimed.f1, auc(s.claimed), s.claimed.average_precision, s.claimed.sessions, s.later.accuracy,
                   s.later.f1, auc(s.later), s.later.average_precision, s.later.sessions, s.gap(),
                   shrunk ? fmt::format("{}", *shrunk) : "", core::csv_field(s.story));
  }
  return text;
}

std::string pitfalls_json(const Pitfalls& p) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    const PitfallStep& s = p.steps[i];
    const auto shrunk = closed(p, i);
    steps.push_back({{"name", s.name},
                     {"story", s.story},
                     {"headline", s.by_accuracy ? "accuracy" : "f1"},
                     {"claimed", to_json(s.claimed)},
                     {"later", to_json(s.later)},
                     {"gap", s.gap()},
                     {"closed", shrunk ? Json(*shrunk) : Json()}});
  }
  return Json{
      {"model", p.model}, {"extractor", p.extractor}, {"window", p.window}, {"batches", p.batches}, {"steps", steps}}
      .dump(2);
}

}  // namespace cartwheel
