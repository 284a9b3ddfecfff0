#include <cartwheel/report.hpp>
#include <cartwheel/report_page.hpp>
#include <cartwheel/version.hpp>
#include <cmath>
#include <limits>

#include "report/document.hpp"

namespace cartwheel {
namespace report {

std::string bounded(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::string_view kept = text.substr(0, limit - 3);
  const auto inside_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; };
  while (!kept.empty() && inside_character(text[kept.size()])) kept.remove_suffix(1);
  return std::string(kept) + "...";
}

void bound_texts(Json& value, std::size_t limit) {
  if (value.is_string()) {
    if (const auto& text = value.get_ref<const std::string&>(); text.size() > limit) value = bounded(text, limit);
  } else if (value.is_structured()) {
    for (auto& item : value) bound_texts(item, limit);
  }
}

std::size_t bound_items(Json& array, std::size_t limit) {
  if (array.size() <= limit) return 0;
  const std::size_t gone = array.size() - limit;
  array.erase(array.begin() + static_cast<std::ptrdiff_t>(limit), array.end());
  return gone;
}

Json rounded(double number) {
  if (!std::isfinite(number) || number == 0.0) return number == 0.0 ? Json(0) : Json();
  const double scale = std::pow(10.0, 5.0 - std::floor(std::log10(std::fabs(number))));
  if (!std::isfinite(scale) || !std::isfinite(number * scale)) return number;
  return std::round(number * scale) / scale;
}
Json rounded(const std::optional<double>& number) { return number ? rounded(*number) : Json(); }

}  // namespace report

namespace {

using report::bounded;
using report::Json;

Json made_by(const ReportContents& contents) {
  constexpr std::size_t files_shown = 50;
  Json files = Json::array();
  for (const DataFile& file : contents.data)
    files.push_back({{"name", bounded(file.name, 200)},
                     {"bytes", file.bytes},
                     {"hash", file.hash.empty() ? Json() : Json(file.hash)}});
  const std::size_t not_shown = report::bound_items(files, files_shown);
  return {{"library", std::string(version())},
          {"command", contents.command},
          {"seed", contents.seed},
          {"ids", contents.id ? "hashed" : "shown"},
          {"config", bounded(contents.config, 20'000)},
          {"files", files},
          {"files_not_shown", not_shown}};
}

Json account_part(const Account& account) {
  Json entries = Json::array();
  for (const Account::Entry& entry : account.entries())
    entries.push_back({{"name", bounded(entry.name, 200)}, {"count", entry.count}, {"note", bounded(entry.note, 300)}});
  report::bound_items(entries, 300);
  return entries;
}

Json absent_parts(const ReportContents& contents) {
  Json absent = Json::array();
  for (const AbsentPart& part : contents.absent) absent.push_back({{"part", part.part}, {"how", part.how}});
  return absent;
}

}  // namespace

std::string report_document(const ReportContents& c) {
  Json document{{"schema", "cartwheel-report"},
                {"version", report_version},
                {"title", bounded(c.title, 200)},
                {"made", made_by(c)},
                {"absent", absent_parts(c)}};
  if (c.account != nullptr) document["account"] = account_part(*c.account);
  if (c.experiment != nullptr && c.options != nullptr) {
    document["experiment"] = report::experiment_part(*c.experiment, *c.options);
    document["search"] = report::search_part(*c.experiment, *c.options);
  }
  if (c.earliness != nullptr) document["earliness"] = report::earliness_part(*c.earliness);
  if (!c.features.empty()) document["features"] = report::features_part(c.features, c.features_batch);
  if (c.pitfalls != nullptr) document["pitfalls"] = Json::parse(pitfalls_json(*c.pitfalls));
  if (c.audit != nullptr) document["audit"] = report::audit_part(*c.audit);
  if (c.errors != nullptr) document["errors"] = report::errors_part(*c.errors, c.id);
  if (c.exploration != nullptr) document["exploration"] = report::exploration_part(*c.exploration);
  if (c.scored != nullptr) document["scored"] = report::scored_part(*c.scored);
  // Names are bytes as found; what is not UTF-8 is shown as such.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cartwheel
