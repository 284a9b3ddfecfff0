#pragma once

#include <cartwheel/explanation.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cartwheel::analysis {

struct ChangeSearch {
  std::optional<EventChange> change;
  std::size_t tried = 0;
};

/// Tries changes of one event of a session's window in the order that explain_session states.
/// @param probability  the session's, as it is.
ChangeSearch nearest_change(const Pipeline& pipeline, const SessionTable& sessions, std::uint32_t row,
                            double probability, const ExplainOptions& options);

}  // namespace cartwheel::analysis
