#pragma once

#include <string_view>

/// The HTML around a document, put together from src/report/page/ and Chart.js when the library is built
/// (cmake/make_report_page.cmake).
namespace cartwheel::report {

extern const std::string_view page_before_document, page_after_document;

}  // namespace cartwheel::report
