#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/read_table.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "core/suggest.hpp"
#include "data/csv_file.hpp"
#include "data/escaped_text.hpp"

namespace cartwheel {
namespace {

constexpr std::string_view skip_advice = "mend the value, or pass --on-bad-row skip (skipped rows are counted)";

/// Why a field is no number, or nothing if it is one.
struct ParsedField {
  float value = std::numeric_limits<float>::quiet_NaN();  ///< NaN where the field is empty.
  std::string_view fault;
};

ParsedField parse_field(std::string_view text) {
  if (text.empty()) return {};
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = fast_float::from_chars(text.data() + (text.front() == '+' ? 1 : 0), end, value);
  if (error != std::errc() || stop != end) return {0.0f, "which is not a number"};
  if (std::isnan(value)) return {0.0f, "which is not a number (leave a missing value empty)"};
  const auto narrow = static_cast<float>(value);
  if (std::isinf(narrow)) return {0.0f, "which is infinite or beyond the range of float32"};
  return {narrow, {}};
}

/// Where the wanted columns stand in the file.
struct Columns {
  std::vector<std::size_t> features;
  std::vector<std::string> names;
  std::optional<std::size_t> target;
};

std::size_t position_of_column(const data::CsvFile& file, const std::string& name) {
  const auto& header = file.header();
  const auto first = std::ranges::find(header, name);
  if (first == header.end()) {
    const std::vector<std::string_view> known(header.begin(), header.end());
    throw DataError(fmt::format("{}: there is no column '{}'{}", file.place(0), data::escaped(name),
                                core::suggestion(name, known)));
  }
  if (std::find(first + 1, header.end(), name) != header.end())
    throw DataError(
        fmt::format("{}: column '{}' is there twice; rename one of them", file.place(0), data::escaped(name)));
  return static_cast<std::size_t>(first - header.begin());
}

Columns find_columns(const data::CsvFile& file, const ReadTableOptions& options) {
  Columns columns;
  const bool has_target = std::ranges::find(file.header(), options.target) != file.header().end();
  if (!options.target.empty() && (options.target_required || has_target))
    columns.target = position_of_column(file, options.target);
  columns.names = options.columns;
  if (columns.names.empty())
    for (const std::string& name : file.header())
      if (options.target.empty() || name != options.target) columns.names.push_back(name);
  for (const std::string& name : columns.names) columns.features.push_back(position_of_column(file, name));
  if (columns.features.empty())
    throw DataError(fmt::format("{}: there is no column besides the target '{}'", file.place(0), options.target));
  return columns;
}

/// Reads the rows of one file into columns.
class TableReader {
 public:
  TableReader(const data::CsvFile& file, const ReadTableOptions& options)
      : file_(file),
        options_(options),
        columns_(find_columns(file, options)),
        values_(columns_.features.size()),
        row_(columns_.features.size()) {}

  NumericTable read(Account& account) {
    data::CsvReader reader = file_.rows();
    std::uint64_t number = 0;
    for (data::CsvRecord record; reader.next(record);) {
      if (record.is_blank()) continue;
      if (add(record)) row_numbers_.push_back(number);
      if (record.problem() == data::CsvProblem::unclosed_quote) reader.resume_after_line_of(record.problem_offset());
      ++number;
    }
    account.add("rows read", static_cast<std::int64_t>(number));
    for (const auto& [reason, entry] : rejected_) account.add("rows rejected: " + reason, entry.first, entry.second);
    account.add("values missing", missing_);
    account.add("columns ignored", static_cast<std::int64_t>(file_.header().size() - columns_.features.size() -
                                                             (columns_.target ? 1 : 0)));
    return finish();
  }

 private:
  /// Whether the record became a row.
  bool add(const data::CsvRecord& record) {
    if (const data::CsvFault fault = file_.fault_of(record); fault != data::CsvFault::none) {
      if (options_.on_bad_row == BadRows::fail) throw DataError(file_.error_text(record, fault));
      return reject("not a row of the table", record.offset());
    }
    std::int64_t missing = 0;
    for (std::size_t j = 0; j < row_.size(); ++j) {
      const std::size_t at = columns_.features[j];
      const ParsedField field = parse_field(record[at]);
      if (!field.fault.empty()) return refuse(record, at, field.fault, "not a number");
      missing += std::isnan(field.value) ? 1 : 0;
      row_[j] = field.value;
    }
    if (columns_.target) {
      const ParsedField label = parse_field(record[*columns_.target]);
      if (!label.fault.empty() || (label.value != 0.0f && label.value != 1.0f))
        return refuse(record, *columns_.target, "but the target must be 0 or 1", "target not 0 or 1");
      labels_.push_back(label.value == 1.0f);
    }
    for (std::size_t j = 0; j < row_.size(); ++j) values_[j].push_back(row_[j]);
    missing_ += missing;
    return true;
  }

  bool refuse(const data::CsvRecord& record, std::size_t at, std::string_view what, std::string_view reason) {
    if (options_.on_bad_row == BadRows::fail) {
      const std::string text = fmt::format("column '{}' holds \"{}\", {}", data::escaped(file_.header()[at]),
                                           data::escaped(record[at]), what);
      throw DataError(file_.error_text(record.raw(), record.offset_of(at), text, skip_advice));
    }
    return reject(std::string(reason), record.offset_of(at));
  }

  bool reject(const std::string& reason, std::size_t offset) {
    auto& [count, first] = rejected_[reason];
    if (count++ == 0) first = "first at " + file_.place(offset);
    return false;
  }

  NumericTable finish() {
    NumericTable table{FeatureMatrix(row_numbers_.size()), std::move(labels_), std::move(row_numbers_)};
    for (std::size_t j = 0; j < values_.size(); ++j) {
      const bool bits = std::ranges::all_of(values_[j], [](float v) { return v == 0.0f || v == 1.0f; });
      if (bits)
        table.x.add(columns_.names[j], to_bits(values_[j]));
      else
        table.x.add(columns_.names[j], FloatColumn{std::move(values_[j])});
      values_[j] = {};
    }
    return table;
  }

  static BitColumn to_bits(const std::vector<float>& values) {
    BitColumn column{std::vector<std::uint64_t>((values.size() + 63) / 64)};
    for (std::size_t i = 0; i < values.size(); ++i)
      column.words[i / 64] |= std::uint64_t{values[i] == 1.0f} << (i % 64);
    return column;
  }

  const data::CsvFile& file_;
  const ReadTableOptions& options_;
  Columns columns_;
  std::vector<std::vector<float>> values_;  ///< [columns][rows]
  std::vector<float> row_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint64_t> row_numbers_;
  std::map<std::string, std::pair<std::int64_t, std::string>> rejected_;  ///< Reason -> count, first place.
  std::int64_t missing_ = 0;
};

}  // namespace

NumericTable read_table(const std::filesystem::path& path, const ReadTableOptions& options, Account& account) {
  const data::CsvFile file(path, options.delimiter);
  NumericTable table = TableReader(file, options).read(account);
  if (table.x.rows() == 0) throw DataError(fmt::format("{} has no rows", path.string()));
  return table;
}

}  // namespace cartwheel
