#include "data/event_schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/error.hpp>

#include "core/suggest.hpp"
#include "data/escaped_text.hpp"

namespace cartwheel::data {
namespace {

constexpr std::string_view type_prefix = "event_type.";

void add_event_type(EventTypeParser& types, const std::string& key, const std::string& value) {
  constexpr std::array<std::string_view, 5> known{"view", "cart", "remove_from_cart", "purchase", "other"};
  const std::string_view name = std::string_view(key).substr(type_prefix.size());
  if (name.empty())
    throw ParameterError(
        "--map event_type.= names no event type; write --map event_type.NAME=TYPE, where NAME is as in the file");
  const auto type = event_type_named(value);
  if (!type)
    throw ParameterError(
        fmt::format("--map {}={}: '{}' is not an event type{}", key, value, value, core::suggestion(value, known)));
  types.add(name, *type);
}

/// The header's columns as a list for a message.
std::string list_of(const std::vector<std::string>& header) {
  return escaped(fmt::format("{}", fmt::join(header, ", ")), 400);
}

/// A delimiter that the header seems to use in place of the given one; 0 for none.
char likelier_delimiter(const CsvFile& file) {
  if (file.header().size() > 1) return 0;
  for (const char c : {',', ';', '\t', '|'})
    if (c != file.delimiter() && file.header_line().find(c) != std::string_view::npos) return c;
  return 0;
}

std::string nearest_column(std::string_view name, const CsvFile& file) {
  const std::vector<std::string_view> header(file.header().begin(), file.header().end());
  return escaped(core::nearest(name, header));
}

/// A message about the header, and what to do about it.
[[noreturn]] void refuse_header(const CsvFile& file, std::string_view what, std::string_view fix) {
  throw DataError(
      fmt::format("{}:1:1: {}\n  row:  {}\n  fix:  {}", file.name(), what, escaped(file.header_line(), 400), fix));
}

[[noreturn]] void refuse_absent(const CsvFile& file, std::span<const SourceColumn> absent) {
  std::vector<std::string> names, mappings;
  for (const SourceColumn column : absent) {
    const std::string_view ours = source_column_names[index_of(column)];
    const std::string near = nearest_column(ours, file);
    names.push_back(fmt::format("'{}'", ours));
    mappings.push_back(fmt::format("--map {}={}", ours, near.empty() ? "NAME" : near));
  }
  const std::string what = fmt::format("the header has no column {}", fmt::join(names, " and no column "));
  if (const char delimiter = likelier_delimiter(file); delimiter != 0)
    refuse_header(
        file, what,
        fmt::format("the fields seem to be separated by '{0}': pass --delimiter '{0}'", escaped({&delimiter, 1})));
  refuse_header(file, what,
                fmt::format("say what the file calls it: {} (its columns: {})", fmt::join(mappings, " "),
                            list_of(file.header())));
}

[[noreturn]] void refuse_name_of_user(const CsvFile& file, std::string_view ours, const std::string& theirs) {
  const std::string near = nearest_column(theirs, file);
  refuse_header(file, fmt::format("the header has no column '{}', which --map gives for '{}'", escaped(theirs), ours),
                near.empty() ? fmt::format("name one of its columns: {}", list_of(file.header()))
                             : fmt::format("did you mean --map {}={}?", ours, near));
}

[[noreturn]] void refuse_repeated(const CsvFile& file, std::string_view ours, const std::string& theirs) {
  refuse_header(file, fmt::format("the header has the column '{}' more than once", escaped(theirs)),
                fmt::format("give each column a name of its own, or name another one: --map {}=NAME", ours));
}

}  // namespace

EventSchema::EventSchema(const std::map<std::string, std::string>& column_names) {
  std::ranges::copy(source_column_names, names.begin());
  for (const auto& [key, value] : column_names) {
    if (key.starts_with(type_prefix)) {
      add_event_type(types, key, value);
      continue;
    }
    const auto found = std::ranges::find(source_column_names, key);
    if (found == source_column_names.end())
      throw ParameterError(fmt::format("--map {}={}: '{}' is not a column of an event log{}", key, value, key,
                                       core::suggestion(key, source_column_names)));
    const auto column = static_cast<std::size_t>(found - source_column_names.begin());
    if (value.empty()) throw ParameterError(fmt::format("--map {}= names no column; write --map {}=NAME", key, key));
    names[column] = value;
    named_by_user[column] = true;
  }
}

ColumnPlaces::ColumnPlaces(const CsvFile& file, const EventSchema& schema) {
  const std::vector<std::string>& header = file.header();
  for (std::size_t c = 0; c < source_column_count; ++c) {
    const auto found = std::ranges::find(header, schema.names[c]);
    place[c] = found == header.end() ? absent : static_cast<std::size_t>(found - header.begin());
    if (found == header.end() && schema.named_by_user[c])
      refuse_name_of_user(file, source_column_names[c], schema.names[c]);
    if (std::ranges::count(header, schema.names[c]) > 1) refuse_repeated(file, source_column_names[c], schema.names[c]);
  }
  std::vector<SourceColumn> needed;
  for (const SourceColumn column : {SourceColumn::event_time, SourceColumn::event_type})
    if (!has(column)) needed.push_back(column);
  if (!has(SourceColumn::user_session) && !has(SourceColumn::user_id)) {
    needed.push_back(SourceColumn::user_session);
    needed.push_back(SourceColumn::user_id);
  }
  if (!needed.empty()) refuse_absent(file, needed);
  for (const std::string& name : header)
    if (std::ranges::find(schema.names, name) == schema.names.end()) unused.push_back(name);
}

}  // namespace cartwheel::data
