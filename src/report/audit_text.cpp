#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/audit.hpp>
#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>

#include "core/csv_text.hpp"
#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;
using report::Page;
using report::thousands;

std::string_view proof_name(AuditProof proof) {
  constexpr std::string_view names[] = {"fitted", "features", "training", "types"};
  return names[static_cast<std::size_t>(proof)];
}

std::string_view broken_rule(AuditProof proof) {
  switch (proof) {
    case AuditProof::fitted:
      return "events after the end of training changed what is fitted";
    case AuditProof::features:
      return "events after a session's window changed its features";
    case AuditProof::training:
      return "event types after a training session's window changed its features";
    case AuditProof::types:
      return "the label looks into the window, and so do features: its event types changed them";
  }
  return "";
}

void put_finding(Page& page, const AuditFinding& f, std::size_t number) {
  page.line("\n{}. LEAK: {}", number, data::escaped(f.what));
  page.line("   {}", broken_rule(f.proof));
  page.line("   batch {}, {}; {}, draw {}", f.batch, f.fold, name_of(f.change), f.draw + 1);
  page.line("   columns by {}", data::escaped(f.recipe));
  if (!f.features.empty()) page.line("   differs: {}", data::escaped(fmt::format("{}", fmt::join(f.features, ", "))));
  if (!f.session.empty()) page.line("   first in session {}", data::escaped(f.session, 60));
  if (!f.before.empty() || !f.after.empty())
    page.line("   was {}, became {}", data::escaped(f.before, 60), data::escaped(f.after, 60));
  if (f.proof != AuditProof::types)
    page.line("   nothing after {} may matter, but this does:", core::format_time(f.cut));
  page.line("   {}{}", data::escaped(f.event),
            f.events > 1 ? fmt::format(" (with {} others)", thousands(f.events - 1)) : "");
}

void put_notes(Page& page, const AuditReport& report) {
  page.line("\nThe data, batch by batch (to look at; no leak)");
  std::string batch;
  for (const AuditNote& note : report.notes) {
    if (note.batch != batch) page.line("batch {}", batch = note.batch);
    if (note.name.empty())
      page.line("  {} {}", note.suspicious ? "!" : " ", note.text);
    else if (note.suspicious)
      page.line("  ! {}: {}", data::escaped(note.name, 40), note.text);
  }
  for (const std::string_view check : {"feature_auc", "feature_psi", "score_psi"}) {
    const AuditNote* most = nullptr;
    for (const AuditNote& note : report.notes)
      if (note.check == check && (most == nullptr || note.value > most->value)) most = &note;
    if (most != nullptr)
      page.line("highest {}: {} of {}, batch {}", check, fmt::format("{:.4f}", most->value),
                data::escaped(most->name, 40), most->batch);
  }
}

Json to_json(const AuditFinding& f) {
  return {{"proof", proof_name(f.proof)},
          {"change", name_of(f.change)},
          {"batch", f.batch},
          {"fold", f.fold},
          {"draw", f.draw},
          {"columns", f.recipe},
          {"what", f.what},
          {"features", f.features},
          {"session", f.session.empty() ? Json() : Json(f.session)},
          {"before", f.before},
          {"after", f.after},
          {"cut", f.proof == AuditProof::types ? Json() : Json(core::format_time(f.cut))},
          {"events", f.events},
          {"event", f.event}};
}

}  // namespace

std::string audit_text(const AuditReport& report) {
  const AuditWork& w = report.work;
  Page page;
  page.line("{}", report.passed() ? "PASSED: nothing that was tried looks ahead" : "FAILED: something looks ahead");
  page.line("{} folds, {} way{} to make columns; {} events changed, {} rows compared", thousands(w.folds),
            thousands(w.recipes), w.recipes == 1 ? "" : "s", thousands(w.events_changed), thousands(w.rows_compared));
  page.line("(each draw of A and B alters, inserts, deletes and moves a third of the events)");
  page.line("  A  the future changes nothing fitted: {} draws, {} models and cuts fitted anew",
            thousands(w.draws_fitted), thousands(w.models_fitted));
  page.line("  B  what comes after a window changes no feature of it: {} draws", thousands(w.draws_features));
  page.line("  B' nor do later event types, when a training row is fitted: {} draws", thousands(w.draws_training));
  if (w.draws_types > 0)
    page.line("  T  event types within the window change no feature of it: {} draws", thousands(w.draws_types));
  if (w.draws_without_events > 0)
    page.line("  -  draws that prove nothing, for lack of later events or rows: {}", thousands(w.draws_without_events));
  for (std::size_t i = 0; i < report.findings.size(); ++i) put_finding(page, report.findings[i], i + 1);
  put_notes(page, report);
  return page.text;
}

std::string audit_csv(const AuditReport& report) {
  std::string text = "kind,batch,fold,check,name,value,suspicious,text\n";
  for (const AuditFinding& f : report.findings)
    fmt::format_to(std::back_inserter(text), "leak,{},{},{},{},,1,{}\n", core::csv_field(f.batch), f.fold,
                   proof_name(f.proof), core::csv_field(f.what), core::csv_field(f.event));
  for (const AuditNote& note : report.notes)
    fmt::format_to(std::back_inserter(text), "note,{},,{},{},{},{},{}\n", core::csv_field(note.batch), note.check,
                   core::csv_field(note.name), note.value, note.suspicious ? 1 : 0, core::csv_field(note.text));
  return text;
}

std::string audit_json(const AuditReport& report) {
  Json findings = Json::array(), notes = Json::array();
  for (const AuditFinding& f : report.findings) findings.push_back(to_json(f));
  for (const AuditNote& n : report.notes)
    notes.push_back({{"batch", n.batch},
                     {"check", n.check},
                     {"name", n.name.empty() ? Json() : Json(n.name)},
                     {"value", n.value},
                     {"suspicious", n.suspicious},
                     {"text", n.text}});
  const AuditWork& w = report.work;
  const Json document{{"passed", report.passed()},
                      {"work",
                       {{"folds", w.folds},
                        {"recipes", w.recipes},
                        {"draws_fitted", w.draws_fitted},
                        {"draws_features", w.draws_features},
                        {"draws_training", w.draws_training},
                        {"draws_types", w.draws_types},
                        {"draws_without_events", w.draws_without_events},
                        {"models_fitted", w.models_fitted},
                        {"rows_compared", w.rows_compared},
                        {"events_changed", w.events_changed}}},
                      {"findings", findings},
                      {"notes", notes}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cartwheel
