#pragma once

#include <unistd.h>

#include <cartwheel/generate.hpp>
#include <cartwheel/read_events.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace cartwheel::bench {

/// A CSV file of the generator's events, removed in the end.
class GeneratedLog {
 public:
  explicit GeneratedLog(std::uint64_t events, int days = GenerateOptions{}.days)
      : path_(std::filesystem::temp_directory_path() / ("cartwheel-bench-" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream file(path_, std::ios::binary);
    generate_events({.events = events, .days = days},
                    [&](std::string_view text) { file.write(text.data(), static_cast<std::streamsize>(text.size())); });
  }
  ~GeneratedLog() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  GeneratedLog(const GeneratedLog&) = delete;
  GeneratedLog& operator=(const GeneratedLog&) = delete;

  std::int64_t bytes() const { return static_cast<std::int64_t>(std::filesystem::file_size(path_)); }
  const std::filesystem::path& path() const { return path_; }
  EventLog read() const {
    Account account;
    return read_events({&path_, 1}, {}, account);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace cartwheel::bench
