#include "output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>

#include "core/atomic_file.hpp"
#include "core/memory.hpp"

namespace intent_cli {
namespace {

/// Events from which on memory is worth a line.
constexpr std::size_t large_log = 5'000'000;

Json counts_of(const cartwheel::Account& account) {
  Json counts = Json::object();
  for (const auto& entry : account.entries()) counts[entry.name] = entry.count;
  return counts;
}

/// Why, where, or an example, for the counts that have one.
Json notes_of(const cartwheel::Account& account) {
  Json notes = Json::object();
  for (const auto& entry : account.entries())
    if (!entry.note.empty()) notes[entry.name] = entry.note;
  return notes;
}

bool is_compressed(const std::filesystem::path& file) {
  return file.extension() == ".gz" || file.extension() == ".zst";
}

}  // namespace

void Stopwatch::start(std::string stage) {
  stop();
  stages_.emplace_back(std::move(stage), 0.0);
  begin_ = std::chrono::steady_clock::now();
  running_ = true;
}

void Stopwatch::stop() {
  if (running_)
    stages_.back().second = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  running_ = false;
}

Json Stopwatch::seconds() const {
  Json seconds = Json::object();
  for (const auto& [stage, duration] : stages_) seconds[stage] = duration;
  return seconds;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    const int reason = errno;
    throw cartwheel::DataError(fmt::format("cannot write the result to standard output: {}", std::strerror(reason)));
  }
}

void finish(const Arguments& arguments, std::string_view text, const Json& result, const cartwheel::Account& account,
            Stopwatch& stopwatch) {
  stopwatch.stop();
  if (arguments.format() == Format::json) {
    const Json document{{"result", result},
                        {"account", counts_of(account)},
                        {"account_notes", notes_of(account)},
                        {"seconds", stopwatch.seconds()}};
    // Ids and names are bytes as found; what is not UTF-8 is shown as such rather than ending the command.
    print(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  print(text);
  if (!arguments.quiet()) fmt::print(stderr, "{}", cartwheel::account_text(account));
}

void warn(const Arguments& arguments, const std::vector<std::string>& warnings) {
  if (arguments.quiet()) return;
  for (const std::string& warning : warnings) fmt::print(stderr, "warning: {}\n", warning);
}

void state_needs(const Arguments& arguments, std::span<const std::filesystem::path> files,
                 const cartwheel::ReadOptions& options) {
  constexpr std::uint64_t large = std::uint64_t{1} << 30;
  if (arguments.quiet()) return;
  const cartwheel::ReadingNeeds needs = cartwheel::reading_needs(files, options);
  if (std::ranges::find(files, std::filesystem::path("-")) != files.end())
    fmt::print(
        stderr,
        "reading standard input: how much that is shows only in the end; it is kept in the temporary folder, and "
        "takes 41 bytes an event for columns, and 34 for each distinct id besides its text\n");
  if (needs.text_bytes < large) return;
  const auto gigabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) * 1e-9; };
  fmt::print(stderr, "reading {:.1f} GB of text, about {:.1f} million events: {:.1f} GB of {} for their columns",
             gigabytes(needs.text_bytes), static_cast<double>(needs.events) * 1e-6, gigabytes(needs.column_bytes),
             needs.columns_on_disk ? "disk (in the temporary folder)" : "memory");
  fmt::print(stderr, ", and at most about {:.1f} GB of memory for distinct ids{}\n", gigabytes(needs.id_bytes),
             std::ranges::any_of(files, is_compressed)
                 ? " (a guess, from the sizes of compressed files; it grows with what they hold)"
                 : "");
}

void say_memory(const Arguments& arguments, const cartwheel::EventLog& log, const cartwheel::SessionOptions& options) {
  if (arguments.quiet() || log.size() < large_log) return;
  const cartwheel::SessionMemory memory = cartwheel::session_memory(log, options);
  fmt::print(
      stderr,
      "memory: {} events in {} sessions, {} of them long enough for a window: building sessions takes at most {} "
      "beside the log, and {} stay\n",
      log.size(), memory.sessions, memory.windows, cartwheel::core::format_bytes(memory.most),
      cartwheel::core::format_bytes(memory.table));
}

void say_memory(const Arguments& arguments, const cartwheel::EventLog& log, const cartwheel::ExploreOptions& options) {
  if (arguments.quiet() || log.size() < large_log) return;
  fmt::print(stderr, "memory: looking at {} events takes at most {} beside the log\n", log.size(),
             cartwheel::core::format_bytes(cartwheel::exploration_bytes(log, options)));
}

std::uint64_t key_of_ids(const Arguments& arguments) {
  if (arguments.has("seed")) return arguments.seed();
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  cartwheel::core::write_file_atomically(path, text);
}

}  // namespace intent_cli
