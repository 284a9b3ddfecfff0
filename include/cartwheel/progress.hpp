#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace [[gnu::visibility("default")]] cartwheel {

/// How far a long piece of work has come.
struct Progress {
  std::string_view stage;   ///< What is being done, such as "reading" or "grid search".
  std::uint64_t done = 0;   ///< Units finished, of `total`.
  std::uint64_t total = 0;  ///< 0 where it is not known.
};

/// Receives progress, from one thread at a time, a bounded number of times a stage. Returning false stops the work at
/// the next safe point, which then throws Cancelled. An empty function is allowed and means: carry on.
using ProgressCallback = std::function<bool(const Progress&)>;

}  // namespace cartwheel
