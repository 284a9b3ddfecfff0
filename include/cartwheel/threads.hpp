#pragma once

#include <functional>

namespace [[gnu::visibility("default")]] cartwheel {

/// Runs `work` so that every call of this library inside it uses at most `threads` threads; 0: one a core. Results have
/// the same bits for any number. @throws ParameterError unless threads is in [0, 1024].
void with_threads(int threads, const std::function<void()>& work);

}  // namespace cartwheel
