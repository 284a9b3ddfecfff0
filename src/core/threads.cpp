#include <cartwheel/threads.hpp>

#include "core/parallel.hpp"

namespace cartwheel {
void with_threads(int threads, const std::function<void()>& work) { core::with_threads(threads, work); }
}  // namespace cartwheel
