#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::test {

inline constexpr std::array<std::string_view, 9> event_columns{"event_time",  "event_type",    "product_id",
                                                               "category_id", "category_code", "brand",
                                                               "price",       "user_id",       "user_session"};

/// Event files with everything that CSV allows, and with every kind of bad row but a quote that is never closed.
struct RandomEventFile {
  core::RandomStream random;
  char delimiter = ',';
  std::uint32_t most_rows = 30;
  std::vector<std::string> header{};

  const std::string& pick(const std::vector<std::string>& from) {
    return from[random.below(static_cast<std::uint32_t>(from.size()))];
  }

  std::string value_of(std::string_view column) {
    if (column == "event_time")
      return pick({"2021-02-28 19:13:22 UTC", "2021-02-28T19:13:22.25+01:00", "1433221332117", "1433221332",
                   "2021-02-28", "-5", "soon", "", "2021-02-30"});
    if (column == "event_type")
      return pick(
          {"view", "view", "cart", "purchase", "remove_from_cart", "other", "addtocart", "transaction", "click", ""});
    if (column == "price") return pick({"", "12.34", "0", "-3", "1e2", "0.00015", "7.", "12,50", "NaN", "1e99"});
    return pick({"", "a", "b", "a\"b", "x,y;z", "line\nend", "cr\r", "\r\n", " ", "é", "\xff", std::string("n\0l", 3),
                 "\"", "Unknown"});
  }

  std::string written(const std::string& value) {
    const bool needs_quotes =
        value.find_first_of("\r\n") != value.npos || value.find(delimiter) != value.npos || value.starts_with('"');
    if (!needs_quotes && random.below(4) != 0) return value;
    std::string quoted = "\"";
    for (const char c : value) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
  }

  std::string line_end() { return pick({"\n", "\r\n", "\r"}); }

  std::string record(const std::vector<std::string>& values) {
    std::string line;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) line += delimiter;
      line += written(values[i]);
    }
    return line;
  }

  std::string text() {
    std::vector<std::string> names(event_columns.begin(), event_columns.end());
    names.push_back("extra");
    for (std::size_t i = names.size(); i > 1; --i)
      std::swap(names[i - 1], names[random.below(static_cast<std::uint32_t>(i))]);
    for (const std::string& name : names)
      if (name == "event_time" || name == "event_type" || name == "user_id" || random.below(4) != 0)
        header.push_back(name);
    std::string text = random.below(2) == 0 ? "\xEF\xBB\xBF" : "";
    text += record(header);
    for (std::uint32_t left = random.below(most_rows); left > 0; --left) {
      text += line_end();
      if (random.below(10) == 0) text += line_end();
      std::vector<std::string> values;
      for (const std::string& name : header) values.push_back(value_of(name));
      if (random.below(10) == 0) values.pop_back();
      if (random.below(10) == 0) values.push_back("more");
      text += record(values);
      if (random.below(20) == 0) text += " \"";  // after a quoted last field: text after a quote
    }
    return random.below(2) == 0 ? text : text + line_end();
  }
};

}  // namespace cartwheel::test
