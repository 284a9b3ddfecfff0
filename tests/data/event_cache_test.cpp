#include "data/event_cache.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "data/event_cache_format.hpp"
#include "data/event_storage.hpp"
#include "support/event_rows.hpp"
#include "support/shared_data.hpp"
#include "support/temporary_folder.hpp"

using namespace cartwheel;
using cartwheel::test::EventRow;
using cartwheel::test::read_file;
using cartwheel::test::rows_of;
using cartwheel::test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

namespace {

constexpr const char* not_used = "caches not used, their sources read instead";
constexpr const char* without_sources = "caches used without their sources";
constexpr const char* own_options = "caches that keep the reading options they were made with";

const std::string events =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session,extra\n"
    "2021-02-28 19:13:22 UTC,view,p1,7,home.tv,acme,12.34,u1,s1,x\n"
    "2021-02-28 19:13:23 UTC,cart,p2,,,,0.00015,u1,s1,x\n"
    "2021-02-28 19:13:23 UTC,purchase,p1,7,home.tv,acme,,u2,s2,x\n"
    "yesterday,view,p1,7,home.tv,acme,1,u2,s2,x\n";

class EventCacheFiles : public ::testing::Test {
 protected:
  EventCacheFiles() { options.on_bad_row = BadRows::skip; }

  EventLog read(const std::vector<fs::path>& files, const ReadOptions& with) {
    account = {};
    return read_events(files, with, account);
  }
  EventLog read(const fs::path& file) { return read({file}, options); }
  void prepare(const std::vector<fs::path>& files, const fs::path& out) {
    write_event_cache(read(files, options), files, options, out);
  }
  std::string note_of(std::string_view name) const {
    for (const Account::Entry& entry : account.entries())
      if (entry.name == name) return entry.note;
    return "(no such entry)";
  }

  TemporaryFolder folder;
  ReadOptions options;
  Account account;
  const fs::path source = folder.write("events.csv", events);
  const fs::path cache = folder.path() / "events.cwlog";
};

std::vector<std::string> lines_of(const Account& account) {
  std::vector<std::string> lines;
  for (const Account::Entry& entry : account.entries())
    lines.push_back(entry.name + ": " + std::to_string(entry.count) + " " + entry.note);
  return lines;
}

TEST_F(EventCacheFiles, GiveTheSameLogAndAccountAsTheirSource) {
  const EventLog from_source = read(source);
  const auto said = lines_of(account);
  prepare({source}, cache);
  const EventLog from_cache = read(cache);
  EXPECT_EQ(rows_of(from_cache), rows_of(from_source));
  EXPECT_TRUE(std::ranges::equal(from_cache.product(), from_source.product())) << "codes are kept, too";
  EXPECT_EQ(lines_of(account), said);
  EXPECT_EQ(account.count("rows rejected: event_time does not parse"), 1);
}

TEST_F(EventCacheFiles, JoinedOnDiskHoldTheSameAsInMemory) {
  prepare({source}, cache);
  const std::vector files{cache, source};
  const auto in_memory = rows_of(read_events(files, options, account));
  EXPECT_EQ(in_memory.size(), 2 * rows_of(read(source)).size());
  options.columns = ColumnPlace::disk;
  EXPECT_EQ(rows_of(read_events(files, options, account)), in_memory);
}

TEST_F(EventCacheFiles, HoldAnEmptyLogToo) {
  const auto empty = folder.write("empty.csv", "event_time,event_type,user_id\n");
  prepare({empty}, cache);
  EXPECT_EQ(read(cache).size(), 0u);
}

TEST_F(EventCacheFiles, AreKnownByTheirFirstBytesNotByName) {
  prepare({source}, folder.path() / "cache.csv");
  folder.write("events.cwlog", events);
  EXPECT_EQ(rows_of(read(folder.path() / "cache.csv")), rows_of(read(cache)));
}

TEST_F(EventCacheFiles, TheLogOutlivesTheCacheFile) {
  prepare({source}, cache);
  const EventLog log = read(cache);
  fs::remove(cache);
  EXPECT_EQ(rows_of(log), rows_of(read(source)));
}

TEST_F(EventCacheFiles, HoldSeveralSourcesAndTheirOptions) {
  options.delimiter = ';';
  options.column_names = {{"event_time", "ts"}, {"event_type.look", "view"}};
  options.duplicates = Duplicates::drop;
  const auto a = folder.write("a.csv", "ts;event_type;user_id\n1;look;u\n1;look;u\n"),
             b = folder.write("b.csv", "user_id;event_type;ts\nv;cart;2\n");
  prepare({a, b}, cache);
  const auto rows = rows_of(read({a, b}, options));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows_of(read({cache}, {})), rows);
  EXPECT_EQ(account.count("duplicate rows, dropped"), 1);
  folder.write("b.csv", "user_id;event_type;ts\nw;cart;2\nw;cart;2\n");
  const auto anew = rows_of(read({cache}, {}));
  EXPECT_EQ(anew, rows_of(read({a, b}, options))) << "the source is read with the options of the cache";
  EXPECT_EQ(anew.back().user, "w");
}

TEST_F(EventCacheFiles, MixWithCsvFiles) {
  const auto more = folder.write("more.csv", events + "2021-03-01,view,p0,,,,,u1,s9,x\n");
  prepare({source}, cache);
  const EventLog mixed = read({more, cache, more}, options);
  const auto said = lines_of(account);
  const EventLog plain = read({more, source, more}, options);
  EXPECT_EQ(rows_of(mixed), rows_of(plain));
  EXPECT_TRUE(std::ranges::equal(mixed.product(), plain.product())) << "codes in order of first appearance";
  EXPECT_EQ(said, lines_of(account));
  options.duplicates = Duplicates::drop;
  EXPECT_EQ(read({more, cache, more}, options).size(), 4u);
  EXPECT_EQ(read({cache, cache}, options).size(), 3u);
  EXPECT_EQ(account.count("duplicate rows, dropped"), 3);
  EXPECT_EQ(account.count("rows kept"), 3);
}

TEST_F(EventCacheFiles, AChangedSourceIsReadInstead) {
  prepare({source}, cache);
  const std::string before = read_file(cache);
  folder.write("events.csv", events + "2021-03-01,view,p9,,,,,u1,s1,x\n");
  EXPECT_EQ(read({cache}, {}).size(), 4u) << "bad rows are still skipped, as when the cache was made";
  EXPECT_EQ(account.count(not_used), 1);
  EXPECT_THAT(note_of(not_used), AllOf(HasSubstr(source.string() + " has changed"), HasSubstr("intent_cli prepare")));
  EXPECT_EQ(read_file(cache), before) << "reading does not rewrite it";
}

TEST_F(EventCacheFiles, ASourceOfTheSameBytesIsUnchanged) {
  prepare({source}, cache);
  fs::last_write_time(source, fs::last_write_time(source) - std::chrono::hours(5));
  EXPECT_EQ(read(cache).size(), 3u);
  EXPECT_EQ(account.count(not_used), 0);
  fs::copy_file(source, folder.path() / "copy.csv");
  fs::rename(folder.path() / "copy.csv", source);
  EXPECT_EQ(read(cache).size(), 3u);
  EXPECT_EQ(account.count(not_used), 0);
}

TEST_F(EventCacheFiles, VerifyFindsAChangeThatKeepsSizeAndTime) {
  prepare({source}, cache);
  const auto time = fs::last_write_time(source);
  std::string changed = events;
  changed.replace(changed.find("p2"), 2, "p3");
  folder.write("events.csv", changed);
  fs::last_write_time(source, time);
  EXPECT_EQ(rows_of(read(cache))[1].product, "p2");
  options.verify = true;
  EXPECT_EQ(rows_of(read(cache))[1].product, "p3");
  EXPECT_EQ(account.count(not_used), 1);
}

TEST_F(EventCacheFiles, AreUsedAsTheyAreWhenTheSourceIsGone) {
  prepare({source}, cache);
  const auto rows = rows_of(read(source));
  fs::remove(source);
  for (const bool verify : {false, true}) {
    options.verify = verify;
    EXPECT_EQ(rows_of(read(cache)), rows);
    EXPECT_EQ(account.count(without_sources), 1);
    EXPECT_THAT(note_of(without_sources), HasSubstr("No such file"));
  }
}

TEST_F(EventCacheFiles, ADamagedOneIsReplacedByItsSource) {
  prepare({source}, cache);
  std::string bytes = read_file(cache);
  bytes[bytes.size() - 64] = static_cast<char>(bytes[bytes.size() - 64] ^ 1);
  folder.write("events.cwlog", bytes);
  EXPECT_EQ(rows_of(read(cache)), rows_of(read(source)));
  read(cache);
  EXPECT_THAT(note_of(not_used), AllOf(HasSubstr("damaged"), HasSubstr("checksum of section 20")));
  EXPECT_EQ(read_file(cache), bytes);
  fs::remove(source);
  EXPECT_THAT(
      [&] { read(cache); },
      ThrowsMessage<DataError>(AllOf(HasSubstr(cache.string()), HasSubstr("damaged"),
                                     HasSubstr("intent_cli prepare " + source.string() + " --out " + cache.string()))));
}

TEST_F(EventCacheFiles, AnotherFormatVersionSaysSo) {
  prepare({source}, cache);
  std::string bytes = read_file(cache);
  bytes[offsetof(data::cache_format::Prologue, version)] = 9;
  folder.write("events.cwlog", bytes);
  EXPECT_THAT([&] { read(cache); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("format version 9"), HasSubstr("intent_cli prepare"))));
}

TEST_F(EventCacheFiles, KeepTheirReadingOptionsAndSaySo) {
  prepare({source}, cache);
  EXPECT_EQ(account.count(own_options), 0);
  read({cache}, {});
  EXPECT_EQ(account.count(own_options), 0) << "nothing was asked for";
  options.column_names = {{"brand", "extra"}};
  read(cache);
  EXPECT_EQ(account.count(own_options), 1);
}

TEST_F(EventCacheFiles, AreNotWrittenForAnOriginThatIsNotTheLogs) {
  const EventLog log = read(source);
  const auto other = folder.write("other.csv", events);
  const auto expect = [&](const EventLog& what, std::vector<fs::path> sources, const ReadOptions& with,
                          const fs::path& out, const char* message) {
    EXPECT_THAT([&] { write_event_cache(what, sources, with, out); },
                ThrowsMessage<ParameterError>(HasSubstr(message)));
  };
  expect(log, {}, options, cache, "must name the files");
  expect(log, {other}, options, cache, "must name the files");
  expect(log, {source, source}, options, cache, "must name the files");
  expect(EventLog(), {source}, options, cache, "must name the files");
  expect(log, {source}, {}, cache, "reading options");
  expect(log, {source}, options, source, "would overwrite its source");
  EXPECT_FALSE(fs::exists(cache));
  prepare({source}, cache);
  expect(read(cache), {cache}, options, folder.path() / "second.cwlog", "is a cache itself");
  EXPECT_EQ(read_file(source), events);
}

TEST_F(EventCacheFiles, AreNotWrittenWhenTheSourceChangedUnderTheReader) {
  const EventLog log = read(source);
  folder.write("longer.csv", events + "\n");
  fs::rename(folder.path() / "longer.csv", source);
  EXPECT_THAT([&] { write_event_cache(log, std::vector{source}, options, cache); },
              ThrowsMessage<DataError>(HasSubstr("has changed since it was read")));
  fs::remove(source);
  EXPECT_THAT([&] { write_event_cache(log, std::vector{source}, options, cache); },
              ThrowsMessage<DataError>(HasSubstr("No such file")));
}

TEST_F(EventCacheFiles, AFailedWriteNamesTheFile) {
  const EventLog log = read(source);
  EXPECT_THAT([&] { write_event_cache(log, std::vector{source}, options, folder.path() / "absent" / "x.cwlog"); },
              ThrowsMessage<DataError>(HasSubstr("x.cwlog")));
}

TEST_F(EventCacheFiles, ReadTheStoresLogAsItsSourceDoes) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  const auto store = test::shared_data("store_2016-08_09.csv");
  options = {};
  prepare({store}, cache);
  const EventLog log = read(cache);
  EXPECT_EQ(log.size(), 141'579u);
  EXPECT_EQ(rows_of(log), rows_of(read(store)));
}

// Damage: whatever happens to the bytes, reading gives the true log or a DataError.

class DamagedCache : public EventCacheFiles {
 protected:
  DamagedCache() {
    prepare({source}, cache);
    bytes = read_file(cache);
    rows = rows_of(read(source));
  }
  /// Whether `damaged` is told from a sound cache: by an error, or by reading the source in its place.
  ::testing::AssertionResult is_found_out(const std::string& damaged) {
    folder.write("events.cwlog", damaged);
    try {
      const auto found = rows_of(read(cache));
      if (found != rows) return ::testing::AssertionFailure() << "a wrong log was read";
      if (account.count(not_used) == 0) return ::testing::AssertionFailure() << "the damage was not noticed";
    } catch (const DataError&) {
    }
    return ::testing::AssertionSuccess();
  }
  /// Makes the checksum of the header right.
  static void reseal(std::string& forged, std::size_t header_size) {
    constexpr std::size_t begin = data::cache_format::checksum_begin;
    const std::uint64_t checksum = data::hash_of(std::string_view(forged).substr(begin, header_size - begin));
    std::memcpy(forged.data() + offsetof(data::cache_format::Prologue, checksum), &checksum, sizeof checksum);
  }

  std::string bytes;
  std::vector<EventRow> rows;
};

TEST_F(DamagedCache, EachFlippedByteIsFoundOut) {
  for (const bool source_is_there : {true, false}) {
    if (!source_is_there) fs::remove(source);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      for (const int flip : {0x01, 0x80, 0xff}) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        ASSERT_TRUE(is_found_out(damaged)) << "byte " << i << " of " << bytes.size() << " flipped by " << flip;
      }
  }
}

TEST_F(DamagedCache, EachTruncationAndEachAdditionIsFoundOut) {
  for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_TRUE(is_found_out(bytes.substr(0, size))) << size;
  for (const std::size_t more : {1u, 63u, 64u}) ASSERT_TRUE(is_found_out(bytes + std::string(more, '\0'))) << more;
}

/// A header whose checksum was made right again: what a forger can do, and must not crash the reader.
TEST_F(DamagedCache, AForgedHeaderNeverGivesAWrongLog) {
  using data::cache_format::Prologue;
  Prologue prologue;
  std::memcpy(&prologue, bytes.data(), sizeof prologue);
  for (std::size_t i = data::cache_format::checksum_begin; i < prologue.header_size; ++i)
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string forged = bytes;
      forged[i] = static_cast<char>(forged[i] ^ flip);
      reseal(forged, prologue.header_size);
      folder.write("events.cwlog", forged);
      try {
        const auto found = rows_of(read(cache));
        // Options may have been forged, so a source that is read with them may give anything but a crash.
        if (account.count(not_used) == 0) {
          ASSERT_EQ(found, rows) << "byte " << i;
        }
      } catch (const Error&) {
      }
    }
}

TEST_F(DamagedCache, BytesThatNoSectionHoldsAreFoundOut) {
  using data::cache_format::Prologue;
  Prologue prologue;
  std::memcpy(&prologue, bytes.data(), sizeof prologue);
  std::string forged = bytes + std::string(data::cache_format::alignment, '\0');
  const std::uint64_t size = forged.size();
  std::memcpy(forged.data() + offsetof(Prologue, file_size), &size, sizeof size);
  reseal(forged, prologue.header_size);
  EXPECT_TRUE(is_found_out(forged));
}

/// Logs that cannot be, sealed with good checksums.
TEST_F(DamagedCache, ImpossibleValuesAreRefused) {
  const data::CacheOrigin origin{{{{folder.path() / "gone.csv", {}}, 0}}, {}, {}};
  const EventLog log = read(source);
  const auto expect = [&](const char* what, const std::function<void(EventLog::Storage&)>& change) {
    auto storage = std::make_shared<EventLog::Storage>(log.storage());
    change(*storage);
    data::write_cache_file(EventLog(storage), origin, cache);
    EXPECT_THAT([&] { read(cache); }, ThrowsMessage<DataError>(HasSubstr(what)));
  };
  const std::vector<std::int64_t> numbers{0, 1, std::numeric_limits<std::int64_t>::max()}, few{1, 2};
  const std::vector<EventType> types{EventType::view, EventType::view, static_cast<EventType>(5)};
  const std::vector<Code> codes{0, 1, 3}, few_codes{0, 1};
  const std::vector<std::uint64_t> falling{0, 4, 2}, no_missing{1, 2, 4}, past_end{0, 2, 5}, too_short{0, 2, 3},
      repeated{0, 2, 2, 4}, none{};
  expect("a time is out of range", [&](auto& s) { s.time = numbers; });
  expect("a price is out of range", [&](auto& s) { s.price = numbers; });
  expect("an event type is unknown", [&](auto& s) { s.type = types; });
  expect("a code is not in its dictionary", [&](auto& s) { s.codes[0] = codes; });
  expect("its columns differ in length", [&](auto& s) { s.codes[5] = few_codes; });
  expect("its columns differ in length", [&](auto& s) { s.price = few; });
  expect("its columns differ in length", [&](auto& s) { s.time = few; });
  for (const auto& ends : {falling, no_missing, past_end, too_short, repeated, none})
    expect("dictionary 0 is inconsistent", [&](auto& s) { s.dictionaries[0] = Dictionary(ends, "p1p2"); });

  auto storage = std::make_shared<EventLog::Storage>(log.storage());
  data::write_cache_file(EventLog(storage), origin, cache);
  EXPECT_EQ(rows_of(read(cache)), rows) << "without a change, it is sound";
}

}  // namespace
