#include "data/repeated_rows.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cerrno>
#include <compare>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "core/parallel.hpp"

namespace cartwheel::data {
namespace {

struct Entry {
  std::uint64_t fingerprint, row;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

/// A file without a name.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& folder) : folder_(folder) {
    std::string name = (folder / "cartwheel-XXXXXX").string();
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail("make");
    ::unlink(name.c_str());
  }
  ~TemporaryFile() { ::close(descriptor_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void append(std::span<const Entry> entries) {
    const char* from = reinterpret_cast<const char*>(entries.data());
    for (std::size_t left = entries.size_bytes(); left > 0;) {
      const ::ssize_t written = ::write(descriptor_, from, left);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write");
      from += written;
      left -= static_cast<std::size_t>(written);
    }
  }
  void read(std::uint64_t first_entry, std::span<Entry> entries) const {
    char* to = reinterpret_cast<char*>(entries.data());
    auto offset = static_cast<::off_t>(first_entry * sizeof(Entry));
    for (std::size_t left = entries.size_bytes(); left > 0;) {
      const ::ssize_t got = ::pread(descriptor_, to, left, offset);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail("read");
      to += got;
      offset += got;
      left -= static_cast<std::size_t>(got);
    }
  }

 private:
  [[noreturn]] void fail(const char* action) const {
    throw DataError(
        fmt::format("cannot {} a temporary file in {}: {}\n  fix:  set TMPDIR to a folder with room for 16 "
                    "bytes a row, or keep duplicates",
                    action, folder_.string(), std::strerror(errno)));
  }
  std::filesystem::path folder_;
  int descriptor_ = -1;
};

/// A sorted run, entry after entry: one that is in memory whole, or one that is read from the file a piece at a time.
class RunReader {
 public:
  explicit RunReader(std::span<const Entry> run) : piece_(run) {}
  RunReader(const TemporaryFile& file, std::uint64_t begin, std::uint64_t end)
      : file_(&file), next_(begin), end_(end), buffer_(std::min<std::uint64_t>(4096, end - begin)) {
    refill();
  }

  const Entry& front() const { return piece_.front(); }
  /// Moves on; false at the end.
  bool advance() {
    piece_ = piece_.subspan(1);
    if (piece_.empty() && next_ < end_) refill();
    return !piece_.empty();
  }

 private:
  void refill() {
    piece_ = std::span(buffer_).first(std::min<std::uint64_t>(buffer_.size(), end_ - next_));
    file_->read(next_, std::span(buffer_).first(piece_.size()));
    next_ += piece_.size();
  }

  const TemporaryFile* file_ = nullptr;
  std::uint64_t next_ = 0, end_ = 0;
  std::vector<Entry> buffer_;
  std::span<const Entry> piece_;
};

/// The entries of all runs in order. @param visit  called with each.
template <class Visit>
void merge(std::vector<RunReader>& runs, const Visit& visit) {
  const auto later = [&](std::size_t a, std::size_t b) { return runs[a].front() > runs[b].front(); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
  for (std::size_t run = 0; run < runs.size(); ++run) next.push(run);
  while (!next.empty()) {
    const std::size_t run = next.top();
    next.pop();
    visit(runs[run].front());
    if (runs[run].advance()) next.push(run);
  }
}

/// Marks what repeats, given rows by (fingerprint, row).
class RepeatMarker {
 public:
  explicit RepeatMarker(const ComparableRows& rows) : rows_(rows) { found_.bits.resize((rows.count + 63) / 64); }

  void add(const Entry& entry) {
    if (alike_.empty() || entry.fingerprint != fingerprint_) alike_.clear();
    fingerprint_ = entry.fingerprint;
    if (std::ranges::any_of(alike_, [&](std::uint64_t row) { return rows_.equal(row, entry.row); })) {
      found_.bits[entry.row / 64] |= std::uint64_t{1} << (entry.row % 64);
      ++found_.count;
    } else {
      alike_.push_back(entry.row);  // the first of its kind; hardly ever more than one has the same fingerprint
    }
  }
  RepeatedRows take() { return std::move(found_); }

 private:
  const ComparableRows& rows_;
  RepeatedRows found_;
  std::uint64_t fingerprint_ = 0;
  std::vector<std::uint64_t> alike_;
};

}  // namespace

RepeatedRows find_repeated_rows(const ComparableRows& rows, const std::filesystem::path& folder,
                                const SortingRoom& room) {
  const std::uint64_t at_once = std::uint64_t{room.rows_per_run} * room.runs_at_once;
  Column<Entry> entries(std::min(at_once, rows.count));
  std::optional<TemporaryFile> file;
  if (rows.count > at_once) file.emplace(folder);
  for (std::uint64_t first = 0; first < rows.count; first += at_once) {
    const std::span<Entry> part = std::span(entries).first(std::min(at_once, rows.count - first));
    core::parallel_for_blocks(part.size(), room.rows_per_run, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) part[i] = {rows.fingerprint(first + i), first + i};
      std::ranges::sort(part.subspan(begin, end - begin));
    });
    if (file) file->append(part);
  }
  std::vector<RunReader> runs;
  if (file) entries = {};
  for (std::uint64_t begin = 0; begin < rows.count; begin += room.rows_per_run) {
    const std::uint64_t end = std::min(rows.count, begin + room.rows_per_run);
    if (file)
      runs.emplace_back(*file, begin, end);
    else
      runs.emplace_back(std::span(entries).subspan(begin, end - begin));
  }
  RepeatMarker marker(rows);
  merge(runs, [&](const Entry& entry) { marker.add(entry); });
  return marker.take();
}

}  // namespace cartwheel::data
