#include "core/cuda_device.hpp"
#include "sessions/group_sessions.hpp"

namespace cartwheel::sessions {

SessionCounts group_sessions_on_cuda(SessionTable&, std::span<const Code>, std::size_t) { core::refuse_cuda(); }

}  // namespace cartwheel::sessions
