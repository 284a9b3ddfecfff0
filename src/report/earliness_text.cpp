#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/earliness.hpp>
#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;
using report::Page;
using report::thousands;

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.4f}", *value) : "-"; }

/// What decides when to call: all targets count where they lie ahead; else F1.
double worth(const EarlinessRow& row) { return row.f1_of_all.value_or(row.f1); }

void put_answer(Page& page, const Earliness& e) {
  const EarlinessRow *best = nullptr, *dummy = nullptr;
  for (const EarlinessRow& row : e.rows)
    if (const EarlinessRow*& most = row.dummy ? dummy : best; most == nullptr || worth(row) > worth(*most)) most = &row;
  if (best == nullptr || dummy == nullptr) return;
  page.line("After how many events should the model be called? After {}:", best->size);
  if (best->f1_of_all)
    page.line("{} has the highest F1 of all targets ({:.4f}), where one that came\nbefore the call counts as missed.",
              best->model, *best->f1_of_all);
  else
    page.line("{} has the highest F1 ({:.4f}). Label {} does not ask\nwhat is still ahead; label future does.",
              best->model, best->f1, name_of(e.label));
  if (worth(*dummy) >= worth(*best))
    page.line("By this measure {} after {} is no worse ({:.4f}): look at ap and auc, or\nset a goal by profit.",
              dummy->model, dummy->size, worth(*dummy));
}

}  // namespace

std::string earliness_text(const Earliness& e) {
  Page page;
  page.line("{} sessions have enough events for every length, {} of them with a target", thousands(e.sessions),
            thousands(e.with_target));
  page.line("(targets ahead: the first one comes after these events; figures are means over");
  page.line("batches, at the tuned cut)\n");
  page.line("{:>6} {:>7} {:<19} {:>9} {:>6} {:>6} {:>6} {:>6} {:>8}", "events", "ahead", "model_name", "base rate",
            "f1_opt", "ap", "auc", "f1_all", "sessions");
  int size = 0;
  for (const EarlinessRow& row : e.rows) {
    if (row.size != size) page.line("{:-<80}", "");
    page.line("{:>6} {:>7} {:<19} {:>9.4f} {:>6.4f} {:>6.4f} {:>6} {:>6} {:>8.0f}", row.size,
              fmt::format("{:.1f}%", 100.0 * row.targets_ahead), row.model, row.base_rate, row.f1,
              row.average_precision, number(row.roc_auc), number(row.f1_of_all), row.sessions);
    size = row.size;
  }
  page.line("");
  put_answer(page, e);
  return page.text;
}

std::string earliness_csv(const Earliness& e) {
  std::string text =
      "session_size,targets_ahead,model_name,sessions,base_rate,f1_score_optimized,precision,recall,average_precision,"
      "roc_auc,f1_of_all\n";
  const auto optional = [](const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; };
  for (const EarlinessRow& row : e.rows)
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{}\n", row.size, row.targets_ahead,
                   row.model, row.sessions, row.base_rate, row.f1, row.precision, row.recall, row.average_precision,
                   optional(row.roc_auc), optional(row.f1_of_all));
  return text;
}

std::string earliness_json(const Earliness& e) {
  Json all = Json::array();
  for (const EarlinessRun& run : e.runs)
    for (Json row : Json::parse(batches_json(run.result))) {
      row["session_size"] = run.size;
      row["targets_ahead"] = run.targets_ahead;
      all.push_back(std::move(row));
    }
  return all.dump(2);
}

void write_earliness(const Earliness& e, const std::filesystem::path& folder) {
  for (const EarlinessRun& run : e.runs) write_experiment(run.result, folder / fmt::format("size_{}", run.size));
  core::write_file_atomically(folder / "batches.json", earliness_json(e) + "\n");
  core::write_file_atomically(folder / "earliness.csv", earliness_csv(e));
}

}  // namespace cartwheel
