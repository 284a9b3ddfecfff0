#include "progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace intent_cli {

bool ProgressBar::on_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void ProgressBar::show(const cartwheel::Progress& progress) {
  if (!shown_) return;
  constexpr std::uint64_t width = 30;
  std::string line;
  if (progress.total > 0) {
    const std::uint64_t done = std::min(progress.done, progress.total);
    const double share = static_cast<double>(done) / static_cast<double>(progress.total);
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
    line = fmt::format("{:<24.24} [{:<{}}] {:>3.0f}%", progress.stage, std::string(filled, '='), width, share * 100.0);
  } else {
    line = fmt::format("{:<24.24} {}", progress.stage, progress.done);
  }
  if (line == line_) return;  // most calls change nothing that can be seen
  line_ = line;
  fmt::print(stderr, "\r{:<72}", line);
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!shown_ || line_.empty()) return;
  fmt::print(stderr, "\r{:<72}\r", "");
  std::fflush(stderr);
  line_.clear();
}

}  // namespace intent_cli
