#include "data/reading.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "data/escaped_text.hpp"

namespace cartwheel::data {
namespace {

constexpr std::string_view rejected_prefix = "rows rejected: ";
constexpr std::array<std::string_view, rejection_count> rejection_names{
    "rows rejected: the last line is cut off",
    "rows rejected: too few fields",
    "rows rejected: too many fields",
    "rows rejected: a quote is never closed",
    "rows rejected: text follows a closing quote",
    "rows rejected: event_time is missing",
    "rows rejected: event_time does not parse",
    "rows rejected: event_type is missing",
    "rows rejected: event_type is not known",
    "rows rejected: price is not a number",
    "rows rejected: price is out of range",
};

void write_names(core::ByteWriter& out, const std::set<std::string>& names) {
  out.put(static_cast<std::uint64_t>(names.size()));
  for (const std::string& name : names) out.put_string(name);
}

std::set<std::string> read_names(core::ByteReader& in) {
  std::set<std::string> names;
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) names.emplace(in.get_string());
  return names;
}

void report_columns(Account& account, std::string_view what, const std::set<std::string>& names) {
  if (!names.empty())
    account.add(what, static_cast<std::int64_t>(names.size()), escaped(fmt::format("{}", fmt::join(names, ", ")), 400));
}

}  // namespace

std::string_view reason_of(Rejection reason) {
  return rejection_names[static_cast<std::size_t>(reason)].substr(rejected_prefix.size());
}

void ReadingCounts::add(const ReadingCounts& other) {
  rows_read += other.rows_read;
  rows_kept += other.rows_kept;
  for (std::size_t r = 0; r < rejection_count; ++r) {
    if (rejected[r].rows == 0) rejected[r].first = other.rejected[r].first;
    rejected[r].rows += other.rejected[r].rows;
  }
  duplicates_dropped += other.duplicates_dropped;
  if (prices_rounded == 0) first_rounded = other.first_rounded;
  prices_rounded += other.prices_rounded;
  blank_lines += other.blank_lines;
  for (std::size_t c = 0; c < source_column_count; ++c) missing[c] += other.missing[c];
  unused_columns.insert(other.unused_columns.begin(), other.unused_columns.end());
  absent_columns.insert(other.absent_columns.begin(), other.absent_columns.end());
}

void ReadingCounts::report(Account& account) const {
  account.add("rows read", rows_read);
  account.add("rows kept", rows_kept);
  for (std::size_t r = 0; r < rejection_count; ++r)
    if (rejected[r].rows > 0) account.add(rejection_names[r], rejected[r].rows, "first: " + rejected[r].first);
  if (duplicates_dropped > 0) account.add("duplicate rows, dropped", duplicates_dropped);
  account.add("prices rounded to 1/10,000", prices_rounded, first_rounded.empty() ? "" : "first: " + first_rounded);
  if (blank_lines > 0) account.add("blank lines, passed over", blank_lines);
  for (std::size_t c = 0; c < source_column_count; ++c)
    if (missing[c] > 0) account.add(fmt::format("values missing: {}", source_column_names[c]), missing[c]);
  report_columns(account, "columns not used", unused_columns);
  report_columns(account, "columns absent", absent_columns);
}

void ReadingCounts::write(core::ByteWriter& out) const {
  out.put(rows_read);
  out.put(rows_kept);
  for (const Rejected& reason : rejected) {
    out.put(reason.rows);
    out.put_string(reason.first);
  }
  out.put(duplicates_dropped);
  out.put(prices_rounded);
  out.put_string(first_rounded);
  out.put(blank_lines);
  out.put(missing);
  write_names(out, unused_columns);
  write_names(out, absent_columns);
}

ReadingCounts ReadingCounts::read(core::ByteReader& in) {
  ReadingCounts counts;
  counts.rows_read = in.get<std::int64_t>();
  counts.rows_kept = in.get<std::int64_t>();
  for (Rejected& reason : counts.rejected) {
    reason.rows = in.get<std::int64_t>();
    reason.first = in.get_string();
  }
  counts.duplicates_dropped = in.get<std::int64_t>();
  counts.prices_rounded = in.get<std::int64_t>();
  counts.first_rounded = in.get_string();
  counts.blank_lines = in.get<std::int64_t>();
  counts.missing = in.get<BySourceColumn<std::int64_t>>();
  counts.unused_columns = read_names(in);
  counts.absent_columns = read_names(in);
  return counts;
}

}  // namespace cartwheel::data
