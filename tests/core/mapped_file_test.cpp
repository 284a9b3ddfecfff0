#include "core/mapped_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cartwheel/error.hpp>

#include "support/temporary_folder.hpp"

namespace cartwheel::core {
namespace {

using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(MappedFile, ShowsTheBytesAndTheIdentity) {
  const TemporaryFolder folder;
  const std::string bytes("zero \0 inside, and an end", 25);
  const auto path = folder.write("log.csv", bytes);
  const MappedFile file(path);
  EXPECT_EQ(file.bytes(), bytes);
  struct ::stat status = {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(file.identity().size, 25u);
  EXPECT_EQ(file.identity().inode, status.st_ino);
  EXPECT_EQ(file.identity().modified_ns, std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec);
}

TEST(MappedFile, TellsFilesApart) {
  const TemporaryFolder folder;
  const MappedFile one(folder.write("one", "same")), two(folder.write("two", "same"));
  EXPECT_NE(one.identity(), two.identity());
  EXPECT_EQ(one.identity(), MappedFile(folder / "one").identity());
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("empty", ""));
  EXPECT_TRUE(file.bytes().empty());
  EXPECT_EQ(file.identity().size, 0u);
}

TEST(MappedFile, RefusesWhatIsNotThere) {
  EXPECT_THAT([] { MappedFile file("/nowhere/log.csv"); },
              ThrowsMessage<DataError>("cannot read /nowhere/log.csv: No such file or directory"));
}

TEST(MappedFile, RefusesADirectory) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { MappedFile file(folder.path()); },
              ThrowsMessage<DataError>(AllOf(HasSubstr(folder.path().string()), HasSubstr("it is a directory"))));
}

TEST(MappedFile, RefusesAPipeWithoutWaitingForItsWriter) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT([&] { MappedFile file(folder / "pipe"); },
              ThrowsMessage<DataError>(HasSubstr("it is not a regular file")));
}

}  // namespace
}  // namespace cartwheel::core
