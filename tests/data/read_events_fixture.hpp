#pragma once

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/event_rows.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel::test {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

inline const std::string header =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
inline const std::string first_row = "1970-01-02 00:00:01 UTC,view,p1,7,home.tv,acme,12.34,u1,s1\n";
inline const EventRow first_event{day + second, EventType::view, "p1", "7", "home.tv", "acme", "u1", "s1", 123'400};

class ReadEvents : public ::testing::Test {
 protected:
  EventLog read(const std::vector<std::filesystem::path>& files) {
    account = {};
    return read_events(files, options, account);
  }
  EventLog read_text(const std::string& text) { return read({folder.write("events.csv", text)}); }
  EventLog read_rows(const std::string& rows) { return read_text(header + rows); }

  /// Expects reading `text` to fail with a message that matches.
  template <class Exception = DataError, class Matcher>
  void expect_error(const std::string& text, const Matcher& matcher) {
    EXPECT_THAT([&] { read_text(text); }, ::testing::ThrowsMessage<Exception>(matcher)) << text;
  }

  std::string note_of(std::string_view name) const {
    for (const Account::Entry& entry : account.entries())
      if (entry.name == name) return entry.note;
    return "(no such entry)";
  }
  std::string file_name() const { return (folder.path() / "events.csv").string(); }

  TemporaryFolder folder;
  ReadOptions options;
  Account account;
};

}  // namespace cartwheel::test
