#include "data/event_block.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/dispatched.hpp"
#include "core/time.hpp"
#include "data/field_parsers.hpp"

namespace cartwheel::data {
namespace {

constexpr ByTextColumn<SourceColumn> source_of_text{SourceColumn::product_id,    SourceColumn::category_id,
                                                    SourceColumn::category_code, SourceColumn::brand,
                                                    SourceColumn::user_id,       SourceColumn::user_session};

/// Whose texts of one column are hashed, and then looked for, while they are in the first-level cache.
constexpr std::size_t rows_at_once = 256;

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from, std::size_t first, std::size_t last) {
  to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(first),
            from.begin() + static_cast<std::ptrdiff_t>(last));
}

[[gnu::noinline]] std::string without_doubled_quotes(const CsvField& field) {
  std::string text;
  for (std::size_t i = 0; i < field.size; ++i) {
    text.push_back(field.begin[i]);
    if (field.begin[i] == '"') ++i;
  }
  return text;
}

[[gnu::noinline]] HashedText own_text(std::string text, EventBlock& block) {
  const std::size_t size = text.size();
  text.resize(size + padded_text::padding);
  return HashedText::of(block.own_texts.emplace_back(std::move(text)).data(), size);
}

}  // namespace

void EventBlock::clear(std::size_t at) {
  begin = next = at;
  time.clear();
  price.clear();
  type.clear();
  for (auto& column : codes) column.clear();
  for (auto& dictionary : dictionaries) dictionary.clear();
  own_texts.clear();
  rows_read = blank_lines = prices_rounded = 0;
  missing = {};
  rejected.clear();
  stopped = false;
}

EventBlockReader::EventBlockReader(const CsvFile& file, const EventSchema& schema, const ColumnPlaces& places,
                                   BadRows on_bad_row)
    : file_(file),
      places_(places),
      on_bad_row_(on_bad_row),
      parser_(file, schema, places),
      types_of_names_(schema.types),
      reader_(file.rows()),
      rows_(file.header().size(), file.delimiter(), csv_bytes_finders().back().find) {}

void EventBlockReader::read(std::size_t begin, std::size_t end, EventBlock& block) {
  block.clear(begin);
  while (block.next < end && !block.stopped) {
    const CsvRowIndex::Stop stop = rows_.find_rows(file_.bytes(), block.next, end);
    add_even_rows(block);
    block.next = rows_.next();
    if (stop == CsvRowIndex::Stop::range_end || block.stopped) break;
    block.next = add_odd_record(block.next, block);
  }
}

void EventBlockReader::add_even_rows(EventBlock& block) {
  const std::size_t count = rows_.size();
  plain_.assign(count, 1);
  parse_times();
  parse_types();
  parse_prices(block);
  for (std::size_t row = 0; row < count && !block.stopped;) {
    const auto odd = std::find(plain_.begin() + static_cast<std::ptrdiff_t>(row), plain_.end(), 0);
    const auto end = static_cast<std::size_t>(odd - plain_.begin());
    append(block.time, time_, row, end);
    append(block.type, type_, row, end);
    append(block.price, price_, row, end);
    add_texts(row, end, block);
    block.rows_read += static_cast<std::int64_t>(end - row);
    if (end < count) add_odd_record(rows_.begin_of(end), block);
    row = end + 1;
  }
}

CARTWHEEL_DISPATCHED void EventBlockReader::parse_times() {
  time_.resize(rows_.size());
  const std::size_t place = places_[SourceColumn::event_time];
  rows_.for_each_field(place, 0, rows_.size(), [&](std::size_t row, const CsvField& field) {
    auto time = common_time_.parse(field.begin, field.size);
    if (!time) [[unlikely]]
      time = core::parse_time({field.begin, field.size});
    if (time && is_time(*time))
      time_[row] = *time;
    else
      plain_[row] = 0;
  });
}

CARTWHEEL_DISPATCHED void EventBlockReader::parse_types() {
  type_.resize(rows_.size());
  const std::size_t place = places_[SourceColumn::event_type];
  rows_.for_each_field(place, 0, rows_.size(), [&](std::size_t row, const CsvField& field) {
    if (const auto type = types_of_names_.find(field.begin, field.size))
      type_[row] = *type;
    else
      plain_[row] = 0;
  });
}

CARTWHEEL_DISPATCHED void EventBlockReader::parse_prices(EventBlock& block) {
  price_.assign(rows_.size(), missing_price);
  if (!places_.has(SourceColumn::price)) return;
  const std::size_t place = places_[SourceColumn::price];
  rows_.for_each_field(place, 0, rows_.size(), [&](std::size_t row, const CsvField& field) {
    if (field.size == 0) {
      block.missing[index_of(SourceColumn::price)] += plain_[row];
    } else if (const auto price = parse_common_price(field.begin, field.size)) {
      price_[row] = *price;
    } else if (const ParsedPrice parsed = parse_price({field.begin, field.size}); parsed.status == PriceStatus::exact) {
      price_[row] = parsed.value;
    } else {
      plain_[row] = 0;  // rounded, which is to be told of, or bad
    }
  });
}

void EventBlockReader::add_texts(std::size_t first, std::size_t last, EventBlock& block) {
  for (std::size_t c = 0; c < text_column_count; ++c) {
    std::vector<Code>& codes = block.codes[c];
    const std::size_t before = codes.size();
    codes.resize(before + (last - first), missing_code);
    if (!places_.has(source_of_text[c])) continue;
    const std::size_t place = places_[source_of_text[c]];
    for (std::size_t begin = first; begin < last; begin += rows_at_once) {
      const std::size_t count = std::min(rows_at_once, last - begin);
      block.missing[index_of(source_of_text[c])] +=
          find_texts(begin, place, block.dictionaries[c].room_for(count), block);
      block.dictionaries[c].codes_of_next(std::span(codes).subspan(before + (begin - first), count));
    }
  }
}

CARTWHEEL_DISPATCHED std::int64_t EventBlockReader::find_texts(std::size_t row, std::size_t place,
                                                               std::span<HashedText> texts, EventBlock& block) {
  HashedText* out = texts.data();
  std::int64_t empty = 0;
  rows_.for_each_field(place, row, row + texts.size(), [&](std::size_t, const CsvField& field) {
    if (field.quoted && std::memchr(field.begin, '"', field.size) != nullptr) [[unlikely]]
      *out++ = own_text(without_doubled_quotes(field), block);
    else
      (out++)->set(field.begin, field.size);
    empty += field.size == 0;
  });
  return empty;
}

std::size_t EventBlockReader::add_odd_record(std::size_t offset, EventBlock& block) {
  reader_.go_to(offset);
  reader_.next(record_);
  if (record_.is_blank()) {
    ++block.blank_lines;
    return reader_.offset();
  }
  ++block.rows_read;
  const ParsedRow row = parser_.parse(record_);
  if (!row.rejection) {
    keep(row, block);
    return reader_.offset();
  }
  block.rejected.push_back({offset, *row.rejection});
  block.stopped = on_bad_row_ == BadRows::fail;
  // The line with the stray quote is the bad row; those that the quote swallowed are read after all.
  if (row.rejection == Rejection::unclosed_quote) reader_.resume_after_line_of(record_.problem_offset());
  return reader_.offset();
}

void EventBlockReader::keep(const ParsedRow& row, EventBlock& block) const {
  block.time.push_back(row.event.time);
  block.type.push_back(row.event.type);
  block.price.push_back(row.event.price);
  const ByTextColumn<std::string_view> texts{row.event.product, row.event.category_id, row.event.category_code,
                                             row.event.brand,   row.event.user,        row.event.session};
  for (std::size_t c = 0; c < text_column_count; ++c) {
    block.dictionaries[c].room_for(1).front() = own_text(std::string(texts[c]), block);
    block.dictionaries[c].codes_of_next({&block.codes[c].emplace_back(), 1});
    if (texts[c].empty() && places_.has(source_of_text[c])) ++block.missing[index_of(source_of_text[c])];
  }
  if (row.event.price == missing_price && places_.has(SourceColumn::price))
    ++block.missing[index_of(SourceColumn::price)];
  if (!row.price_rounded) return;
  const std::size_t place = record_.offset_of(places_[SourceColumn::price]);
  if (block.prices_rounded++ == 0) block.first_rounded = place;
}

}  // namespace cartwheel::data
