#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>

#include "core/host_device.hpp"

namespace cartwheel::sessions {

/// The event types that are targets, as SessionOptions::is_target says: a form of it that a GPU can hold.
class TargetTypes {
 public:
  explicit TargetTypes(const SessionOptions& options) {
    for (std::uint32_t t = 0; t <= static_cast<std::uint32_t>(EventType::other); ++t)
      bits_ |= static_cast<std::uint32_t>(options.is_target(static_cast<EventType>(t))) << t;
  }

  CARTWHEEL_HD bool contains(EventType type) const { return (bits_ >> static_cast<unsigned>(type) & 1) != 0; }

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace cartwheel::sessions
