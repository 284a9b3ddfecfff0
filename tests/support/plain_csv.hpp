#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::test {

/// A record as the plain reader sees it.
struct PlainRecord {
  std::vector<std::string> fields;
  bool text_after_quote = false;
  bool unclosed_quote = false;
  friend bool operator==(const PlainRecord&, const PlainRecord&) = default;
};

/// The rules of the CSV reader, one byte at a time and with nothing done for speed: the oracle of the fast ones.
inline std::vector<PlainRecord> read_plain_csv(std::string_view text, char delimiter = ',') {
  enum class State { field_start, unquoted, quoted, quote_in_quoted, after_text };
  std::vector<PlainRecord> records;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  PlainRecord record;
  std::string field, field_as_found;
  State state = State::field_start;
  bool inside = false;  // of a record: something has been read of it
  const auto end_field = [&] {
    record.fields.push_back(state == State::after_text ? field_as_found : field);
    field.clear();
    field_as_found.clear();
    state = State::field_start;
  };
  const auto end_record = [&] {
    end_field();
    records.push_back(record);
    record = {};
    inside = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    inside = true;
    if (state == State::quoted) {
      field_as_found += c;
      if (c == '"')
        state = State::quote_in_quoted;
      else
        field += c;
      continue;
    }
    if (state == State::quote_in_quoted && c == '"') {
      field_as_found += c;
      field += c;
      state = State::quoted;
    } else if (c == delimiter) {
      end_field();
    } else if (c == '\n') {
      end_record();
    } else if (c == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
      end_record();
    } else if (state == State::field_start && c == '"') {
      field_as_found += c;
      state = State::quoted;
    } else if (state == State::quote_in_quoted || state == State::after_text) {
      record.text_after_quote = true;
      field_as_found += c;
      state = State::after_text;
    } else {
      field += c;
      state = State::unquoted;
    }
  }
  if (inside) {
    record.unclosed_quote = state == State::quoted;
    end_record();
  }
  return records;
}

}  // namespace cartwheel::test
