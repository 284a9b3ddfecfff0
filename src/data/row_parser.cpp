#include "data/row_parser.hpp"

#include <fmt/format.h>

#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "data/event_storage.hpp"

namespace cartwheel::data {
namespace {

std::optional<Rejection> rejection_of(CsvFault fault) {
  switch (fault) {
    case CsvFault::cut_off:
      return Rejection::cut_off;
    case CsvFault::too_few_fields:
      return Rejection::too_few_fields;
    case CsvFault::too_many_fields:
      return Rejection::too_many_fields;
    case CsvFault::unclosed_quote:
      return Rejection::unclosed_quote;
    case CsvFault::text_after_quote:
      return Rejection::text_after_quote;
    case CsvFault::none:
      break;
  }
  return {};
}

SourceColumn column_of(Rejection reason) {
  switch (reason) {
    case Rejection::time_missing:
    case Rejection::time_unreadable:
      return SourceColumn::event_time;
    case Rejection::type_missing:
    case Rejection::type_unknown:
      return SourceColumn::event_type;
    default:
      return SourceColumn::price;
  }
}

bool is_csv_fault(Rejection reason) { return reason < Rejection::time_missing; }

}  // namespace

RowParser::RowParser(const CsvFile& file, const EventSchema& schema, const ColumnPlaces& places)
    : file_(file), schema_(schema), places_(places) {}

std::string_view RowParser::field(const CsvRecord& record, SourceColumn column) const {
  return places_.has(column) ? record[places_[column]] : std::string_view();
}

ParsedRow RowParser::parse(const CsvRecord& record) const {
  ParsedRow row;
  const auto rejected = [&](Rejection reason) {
    row.rejection = reason;
    return row;
  };
  if (const auto fault = rejection_of(file_.fault_of(record))) return rejected(*fault);

  const std::string_view time_text = field(record, SourceColumn::event_time);
  if (time_text.empty()) return rejected(Rejection::time_missing);
  const auto time = core::parse_time(time_text);
  if (!time || !is_time(*time)) return rejected(Rejection::time_unreadable);

  const std::string_view type_text = field(record, SourceColumn::event_type);
  if (type_text.empty()) return rejected(Rejection::type_missing);
  const auto type = schema_.types.parse(type_text);
  if (!type) return rejected(Rejection::type_unknown);

  if (const std::string_view text = field(record, SourceColumn::price); !text.empty()) {
    const ParsedPrice price = parse_price(text);
    if (price.status == PriceStatus::not_a_number) return rejected(Rejection::price_not_a_number);
    if (price.status == PriceStatus::out_of_range) return rejected(Rejection::price_out_of_range);
    row.event.price = price.value;
    row.price_rounded = price.status == PriceStatus::rounded;
  }
  row.event.time = *time;
  row.event.type = *type;
  row.event.product = field(record, SourceColumn::product_id);
  row.event.category_id = field(record, SourceColumn::category_id);
  row.event.category_code = field(record, SourceColumn::category_code);
  row.event.brand = field(record, SourceColumn::brand);
  row.event.user = field(record, SourceColumn::user_id);
  row.event.session = field(record, SourceColumn::user_session);
  return row;
}

std::string RowParser::named(SourceColumn column) const {
  const std::string_view ours = source_column_names[index_of(column)];
  const std::string& theirs = schema_.names[index_of(column)];
  return ours == theirs ? fmt::format("column '{}'", ours) : fmt::format("column '{}' ({})", escaped(theirs), ours);
}

std::size_t RowParser::offset_of(const CsvRecord& record, Rejection reason) const {
  switch (reason) {
    case Rejection::cut_off:
    case Rejection::too_few_fields:
      return record.offset() + record.raw().size();
    case Rejection::too_many_fields:
      return record.offset_of(file_.header().size());
    case Rejection::unclosed_quote:
    case Rejection::text_after_quote:
      return record.problem_offset();
    default:
      return record.offset_of(places_[column_of(reason)]);
  }
}

std::string RowParser::place(const CsvRecord& record, Rejection reason) const {
  return file_.place(offset_of(record, reason));
}

std::string RowParser::error_text(const CsvRecord& record, Rejection reason) const {
  if (is_csv_fault(reason)) return file_.error_text(record, file_.fault_of(record));
  const SourceColumn column = column_of(reason);
  const std::string holds =
      fmt::format("{} holds \"{}\", which is ", named(column), escaped(field(record, column), 80));
  std::string what, fix = "correct the row";
  switch (reason) {
    case Rejection::time_missing:
    case Rejection::type_missing:
      what = named(column) + " is empty";
      break;
    case Rejection::time_unreadable:
      what = holds + "not a time";
      fix =
          "write times like 2021-02-28 19:13:22 UTC, 2021-02-28T19:13:22+01:00, or as an epoch in seconds or "
          "milliseconds";
      break;
    case Rejection::type_unknown:
      what = holds + "not a known event type";
      fix = fmt::format(
          "say what it stands for: --map 'event_type.{}=view|cart|remove_from_cart|purchase|other' (one of these)",
          escaped(field(record, column), 80));
      break;
    case Rejection::price_out_of_range:
      what = holds + "out of range: prices lie within 10^11 either way";
      break;
    default:
      what = holds + "not a number";
      fix = "write prices like 12.50";
      break;
  }
  return file_.error_text(record.raw(), offset_of(record, reason), what,
                          fix + ", or --on-bad-row skip (skipped rows are counted)");
}

}  // namespace cartwheel::data
