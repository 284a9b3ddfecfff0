#include "selection/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cartwheel/error.hpp>
#include <cerrno>
#include <cstring>

#include "core/bytes.hpp"
#include "core/mapped_file.hpp"

namespace cartwheel::selection {
namespace {

constexpr std::string_view magic = "CWSEARCH";
constexpr std::uint32_t format_version = 1;
constexpr std::size_t frame = 2 * sizeof(std::uint64_t);  ///< A record's length and checksum.

std::string header_of(const std::string& identity) {
  core::ByteWriter out;
  for (const char c : magic) out.put(c);
  out.put(format_version);
  out.put_string(identity);
  return out.bytes();
}

void put(core::ByteWriter& out, const TrialOutcome& outcome) {
  out.put(outcome.failure);
  out.put_string(outcome.error);
  out.put(static_cast<std::uint64_t>(outcome.scores.size()));
  for (const std::optional<double>& score : outcome.scores) {
    out.put(static_cast<std::uint8_t>(score ? 1 : 0));
    out.put(score.value_or(0.0));
  }
  out.put(outcome.seconds);
  out.put(outcome.shared_seconds);
  out.put_array(std::span<const double>(outcome.probability));
}

std::string bytes_of(const UnitRecord& record) {
  core::ByteWriter out;
  out.put(record.batch);
  out.put(record.fold);
  out.put(record.unit);
  out.put(static_cast<std::uint64_t>(record.outcomes.size()));
  for (const TrialOutcome& outcome : record.outcomes) put(out, outcome);
  return out.bytes();
}

TrialOutcome outcome_from(core::ByteReader& in) {
  TrialOutcome outcome;
  const auto failure = in.get<std::uint8_t>();
  if (failure > 2) in.fail("an outcome is of no known kind");
  outcome.failure = static_cast<TrialOutcome::Failure>(failure);
  outcome.error = std::string(in.get_string());
  const auto scores = in.get<std::uint64_t>();
  if (scores > in.remaining() / 9) in.fail("a list of scores is longer than the data");
  for (std::uint64_t i = 0; i < scores; ++i) {
    const auto there = in.get<std::uint8_t>();
    const auto score = in.get<double>();
    outcome.scores.push_back(there == 1 ? std::optional(score) : std::nullopt);
  }
  outcome.seconds = in.get<double>();
  outcome.shared_seconds = in.get<double>();
  outcome.probability = in.get_array<double>();
  return outcome;
}

UnitRecord record_from(core::ByteReader& in) {
  UnitRecord record;
  record.batch = in.get<std::uint32_t>();
  record.fold = in.get<std::uint32_t>();
  record.unit = in.get<std::uint32_t>();
  const auto outcomes = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < outcomes; ++i) record.outcomes.push_back(outcome_from(in));
  in.expect_end();
  return record;
}

std::uint64_t number_at(std::string_view bytes, std::size_t position) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data() + position, sizeof number);
  return number;
}

}  // namespace

SearchJournal::SearchJournal(const std::filesystem::path& path, const std::string& identity, bool resume)
    : path_(path) {
  if (path.empty()) return;
  std::error_code ignored;  // what cannot be made cannot be opened either, and that says why
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  const std::string header = header_of(identity);
  const bool there = resume && std::filesystem::exists(path, ignored) && std::filesystem::file_size(path, ignored) > 0;
  const std::size_t kept = there ? read(header) : 0;
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0 || ::ftruncate(descriptor_, static_cast<off_t>(kept)) != 0 ||
      ::lseek(descriptor_, 0, SEEK_END) < 0) {
    const std::string reason = std::strerror(errno);
    if (descriptor_ >= 0) ::close(descriptor_);
    throw DataError(fmt::format("cannot write the search's journal {}: {}", path.string(), reason));
  }
  if (kept == 0) write(header);
}

SearchJournal::~SearchJournal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t SearchJournal::read(const std::string& header) {
  const core::MappedFile file(path_);
  const std::string_view bytes = file.bytes();
  if (bytes.size() < header.size() && std::string_view(header).starts_with(bytes)) return 0;  // cut off at birth
  if (!bytes.starts_with(magic))
    throw DataError(
        fmt::format("{} is not the journal of a search; name another folder, or run without --resume", path_.string()));
  if (!bytes.starts_with(header))
    throw DataError(
        fmt::format("{} is the journal of another run: its config, data, seed or version of this library "
                    "differ; give those of the run that was interrupted, or run without --resume",
                    path_.string()));
  std::size_t position = header.size();
  while (bytes.size() - position >= frame) {
    const std::uint64_t length = number_at(bytes, position);
    if (length > bytes.size() - position - frame) break;
    const std::string_view payload = bytes.substr(position + sizeof length, length);
    if (number_at(bytes, position + sizeof length + length) != XXH3_64bits(payload.data(), payload.size())) break;
    core::ByteReader in(payload, path_.string());
    UnitRecord record = record_from(in);
    found_[record.batch].push_back(std::move(record));
    position += frame + length;
  }
  return position;
}

std::vector<UnitRecord> SearchJournal::take(std::uint32_t batch) {
  const auto found = found_.extract(batch);
  return found ? std::move(found.mapped()) : std::vector<UnitRecord>{};
}

void SearchJournal::append(const UnitRecord& record) {
  if (!keeps()) return;
  const std::string payload = bytes_of(record);
  core::ByteWriter out;
  out.put_string(payload);
  out.put(std::uint64_t{XXH3_64bits(payload.data(), payload.size())});
  const std::scoped_lock lock(mutex_);
  write(out.bytes());
}

void SearchJournal::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      throw DataError(fmt::format("cannot write the search's journal {}: {}; make room, then go on with --resume",
                                  path_.string(), std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace cartwheel::selection
