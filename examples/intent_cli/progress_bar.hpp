#pragma once

#include <cartwheel/progress.hpp>
#include <string>

namespace intent_cli {

/// One line on stderr that shows how far the work has come, and is wiped when it is done.
class ProgressBar {
 public:
  explicit ProgressBar(bool shown) : shown_(shown) {}
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const cartwheel::Progress& progress);
  void clear();
  static bool on_terminal();

 private:
  bool shown_;
  std::string line_;
};

}  // namespace intent_cli
