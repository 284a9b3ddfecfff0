#include <fcntl.h>
#include <gmock/gmock.h>
#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <string>
#include <vector>

#include "core/philox.hpp"
#include "read_events_fixture.hpp"

// Files that are packed, folders and patterns of files, and standard input.

using namespace cartwheel;
using namespace cartwheel::test;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

namespace {

std::string gzip(const std::string& text) {
  std::string packed(text.size() + 1024, '\0'), work = text;
  ::isal_zstream stream;
  ::isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(work.data());
  stream.avail_in = static_cast<std::uint32_t>(work.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(packed.data());
  stream.avail_out = static_cast<std::uint32_t>(packed.size());
  EXPECT_EQ(::isal_deflate_stateless(&stream), COMP_OK);
  packed.resize(stream.total_out);
  return packed;
}

std::string zstd(const std::string& text) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

class PackedFiles : public ReadEvents {
 protected:
  std::string rows(int count) const {
    core::RandomStream random(5, core::RandomPurpose::generate);
    std::string text = header;
    for (int i = 0; i < count; ++i)
      text += std::to_string(random.below(1'000'000)) + ",view,p" + std::to_string(random.below(9'999)) +
              ",1,c,b,1.5,u,s\n";
    return text;
  }
  std::vector<EventRow> read_file(const std::string& name, const std::string& bytes) {
    return rows_of(read({folder.write(name, bytes)}));
  }
};

TEST_F(PackedFiles, NeedsAreGuessedFromTheirSize) {
  const std::string packed = gzip(rows(60'000));
  const ReadingNeeds needs = reading_needs(std::vector{folder.write("a.csv.gz", packed)}, options);
  EXPECT_EQ(needs.text_bytes, 6 * packed.size());
  EXPECT_EQ(needs.events, needs.text_bytes / 128);
  EXPECT_EQ(needs.column_bytes, 41 * needs.events);
  EXPECT_GT(needs.id_bytes, needs.column_bytes);
}

TEST_F(PackedFiles, GiveWhatTheirTextGives) {
  for (const int count : {0, 3, 60'000}) {  // the last is larger than what is unpacked at once
    const std::string text = rows(count);
    const auto expected = read_file("plain.csv", text);
    EXPECT_EQ(expected.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(read_file("a.csv.gz", gzip(text)), expected);
    EXPECT_EQ(read_file("a.csv.zst", zstd(text)), expected);
    EXPECT_EQ(read_file("gzip.csv", gzip(text)), expected) << "the first bytes decide, not the name";
    const std::size_t cut = text.size() / 3;
    const std::string first = text.substr(0, cut), second = text.substr(cut);
    EXPECT_EQ(read_file("b.csv.gz", gzip(first) + gzip("") + gzip(second)), expected);
    EXPECT_EQ(read_file("b.csv.zst", zstd(first) + zstd("") + zstd(second)), expected);
    EXPECT_EQ(read_file("c.csv.gz", gzip(text) + std::string(700, '\0')), expected) << "zeros fill up a tape";
  }
}

TEST_F(PackedFiles, MessagesCountLinesOfTheText) {
  expect_error(gzip(header + first_row + "1,view,p,1,c,b,x,u,s\n"), HasSubstr("events.csv:3:16: column 'price'"));
}

TEST_F(PackedFiles, EachTruncationIsAnError) {
  const std::string text = rows(20);
  for (const std::string& packed : {gzip(text), zstd(text)})
    for (std::size_t size = 4; size < packed.size(); ++size)
      EXPECT_THAT([&] { read_file("cut", packed.substr(0, size)); },
                  ThrowsMessage<DataError>(AllOf(HasSubstr("data are damaged near byte"), HasSubstr(" -t"))))
          << size;
  expect_error(gzip(text) + "more", HasSubstr("damaged"));
  expect_error(zstd(text) + "more", HasSubstr("damaged"));
}

TEST_F(PackedFiles, DamageGivesTheTrueRowsOrAnError) {
  const std::string text = rows(20);
  const auto expected = read_file("plain.csv", text);
  for (const std::string& packed : {gzip(text), zstd(text)})
    for (std::size_t i = 4; i < packed.size(); ++i)
      for (const int flip : {0x01, 0x80, 0xff}) {
        std::string damaged = packed;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        try {
          EXPECT_EQ(read_file("damaged", damaged), expected) << i;
        } catch (const DataError&) {
        }
      }
}

TEST_F(PackedFiles, CanBeTheSourceOfACache) {
  const std::vector<fs::path> source{folder.write("a.csv.gz", gzip(rows(30)))};
  const fs::path cache = folder.path() / "a.cwlog";
  const auto expected = rows_of(read(source));
  write_event_cache(read(source), source, options, cache);
  EXPECT_EQ(rows_of(read({cache})), expected);
  folder.write("a.csv.gz", gzip(rows(31)));
  EXPECT_EQ(read({cache}).size(), 31u) << "a changed source is read instead";
}

TEST_F(PackedFiles, StandardInputIsReadToItsEnd) {
  const auto text = folder.write("in", gzip(rows(50)));
  const auto expected = rows_of(read({text}));
  const int saved = ::dup(STDIN_FILENO), file = ::open(text.c_str(), O_RDONLY);
  ::dup2(file, STDIN_FILENO);
  const std::vector<fs::path> source{"-"};
  const EventLog log = read(source);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(file);
  EXPECT_EQ(rows_of(log), expected);
  const fs::path cache = folder.path() / "stdin.cwlog";
  write_event_cache(log, source, options, cache);
  EXPECT_EQ(rows_of(read({cache})), expected);
  EXPECT_EQ(note_of("caches used without their sources"), cache.string() + ": standard input cannot be read again");
}

TEST_F(PackedFiles, FoldersAndPatternsStandForTheirFilesInOrder) {
  const fs::path days = folder.path() / "days";
  fs::create_directories(days / "old.csv");
  const auto write = [&](const char* name) {
    fs::copy_file(folder.write("x", header), days / name);
    return days / name;
  };
  const fs::path second = write("2021-02-02.csv"), first = write("2021-02-01.csv.gz"),
                 third = write("2021-02-10.csv.zst"), text = write("notes.txt"), hidden = write(".2021.csv"),
                 bracket = write("a[1].txt");
  const auto find = [](std::vector<fs::path> names) { return find_event_files(names); };
  EXPECT_THAT(find({days}), ElementsAre(first, second, third));
  EXPECT_THAT(find({text, days / "2021*1*.z?t", days / "*.gz"}), ElementsAre(text, third, first));
  EXPECT_THAT(find({days / "*02-0*"}), ElementsAre(first, second));
  EXPECT_THAT(find({bracket}), ElementsAre(bracket)) << "a file of that name wins over the pattern";
  EXPECT_THAT(find({"-", "absent.csv"}), ElementsAre("-", "absent.csv"));
  EXPECT_THAT([&] { find({days / "*.parquet"}); }, ThrowsMessage<DataError>(HasSubstr("no file matches")));
  EXPECT_THAT([&] { find({days / "old.csv"}); }, ThrowsMessage<DataError>(HasSubstr("holds no file named *.csv")));
  EXPECT_THAT([&] { find({"-", "-"}); }, ThrowsMessage<ParameterError>(HasSubstr("only once")));
}

}  // namespace
