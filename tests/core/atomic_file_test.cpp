#include "core/atomic_file.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cartwheel/error.hpp>
#include <csignal>

#include "support/temporary_folder.hpp"

namespace cartwheel::core {
namespace {

using test::read_file;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(AtomicFile, ReplacesTheTargetOnlyWhenCommitted) {
  const TemporaryFolder folder;
  const auto target = folder.write("result", "old");
  AtomicFile file(target);
  file.write("new");
  file.write(" contents");
  EXPECT_EQ(read_file(target), "old");
  file.commit();
  EXPECT_EQ(read_file(target), "new contents");
  EXPECT_EQ(folder.file_count(), 1u);
}

TEST(AtomicFile, WithoutCommitNothingChanges) {
  const TemporaryFolder folder;
  const auto target = folder.write("result", "old");
  {
    AtomicFile file(target);
    file.write(std::string(5'000'000, 'x'));  // more than any buffer, so it has reached the disk
    AtomicFile never_made(folder / "other");
    never_made.write("y");
  }
  EXPECT_EQ(read_file(target), "old");
  EXPECT_EQ(folder.file_count(), 1u);
}

TEST(AtomicFile, KeepsEveryByteOfPiecesOfAllSizes) {
  const TemporaryFolder folder;
  std::string expected;
  AtomicFile file(folder / "result");
  for (std::size_t size = 0; size < 3'000'000; size = size * 3 + 1) {
    const std::string piece(size, static_cast<char>('a' + size % 26));
    expected += piece;
    file.write(piece);
  }
  file.commit();
  EXPECT_TRUE(read_file(folder / "result") == expected);
}

TEST(AtomicFile, TwoWritersOfOneTargetDoNotMix) {
  const TemporaryFolder folder;
  AtomicFile first(folder / "result"), second(folder / "result");
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(read_file(folder / "result"), "first");
  EXPECT_EQ(folder.file_count(), 1u);
}

TEST(AtomicFile, IsAsReadableAsTheUmaskAllows) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  write_file_atomically(folder / "result", "x");
  ::umask(before);
  struct ::stat status = {};
  ASSERT_EQ(::stat((folder / "result").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST(AtomicFile, RefusesADirectory) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { AtomicFile file(folder.path()); },
              ThrowsMessage<DataError>(AllOf(HasSubstr(folder.path().string()), HasSubstr("it is a directory"))));
}

TEST(AtomicFile, RefusesAFolderThatIsNotThere) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { AtomicFile file(folder / "nowhere/result"); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("nowhere/result"), HasSubstr("No such file or directory"))));
}

TEST(AtomicFile, RefusesAFolderThatMayNotBeWritten) {
  EXPECT_THROW(AtomicFile("/proc/result"), DataError);  // not even root may
}

TEST(AtomicFile, FollowsALinkInsteadOfReplacingIt) {
  const TemporaryFolder folder;
  const auto target = folder.write("result", "old");
  std::filesystem::create_symlink("result", folder / "link");
  write_file_atomically(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(target), "new");
}

TEST(AtomicFile, WritesIntoADeviceInsteadOfReplacingIt) {
  write_file_atomically("/dev/null", "gone");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(AtomicFile, AFullDeviceIsADataError) {
  if (!std::filesystem::is_character_file("/dev/full")) GTEST_SKIP() << "skipped: this system has no /dev/full";
  EXPECT_THAT([] { write_file_atomically("/dev/full", "x"); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("/dev/full"), HasSubstr("No space left on device"))));
}

/// Lets no file of this process grow beyond a size, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_ = {};
};

TEST(AtomicFile, AFullDiskLeavesTheOldFileAndNothingElse) {
  const TemporaryFolder folder;
  const auto target = folder.write("result", "old");
  for (const std::size_t size : {std::size_t{10'000}, std::size_t{5'000'000}}) {  // fails in commit, and in write
    const FileSizeLimit limit(4096);
    EXPECT_THAT([&] { write_file_atomically(target, std::string(size, 'x')); },
                ThrowsMessage<DataError>(AllOf(HasSubstr(target.string()), HasSubstr("File too large"))));
  }
  EXPECT_EQ(read_file(target), "old");
  EXPECT_EQ(folder.file_count(), 1u);
}

}  // namespace
}  // namespace cartwheel::core
