#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/report_page.hpp>
#include <nlohmann/json.hpp>

#include "report/page_template.hpp"

namespace cartwheel {
namespace {

/// In JSON these stand within texts alone, so the document stays the same; in HTML nothing can end the element.
std::string without_markup(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      text += "\\u003c";
    else if (c == '>')
      text += "\\u003e";
    else if (c == '&')
      text += "\\u0026";
    else
      text += c;
  }
  return text;
}

}  // namespace

std::string report_page(std::string_view document) {
  if (!nlohmann::json::accept(document)) throw DataError("this report document is no JSON; make it by report_document");
  return fmt::format("{}{}{}", report::page_before_document, without_markup(document), report::page_after_document);
}

}  // namespace cartwheel
