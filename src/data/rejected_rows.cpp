#include "data/rejected_rows.hpp"

#include <fmt/format.h>

#include "core/csv_text.hpp"

namespace cartwheel::data {

using core::csv_field;

RejectedRows::RejectedRows(const std::filesystem::path& path) : file_(path) {
  file_.write("file,line,column,reason,row\n");
}

void RejectedRows::add(std::string_view file, const TextPosition& position, Rejection reason, std::string_view row) {
  file_.write(fmt::format("{},{},{},{},{}\n", csv_field(file), position.line, position.column,
                          csv_field(reason_of(reason)), csv_field(row)));
  ++size_;
}

}  // namespace cartwheel::data
