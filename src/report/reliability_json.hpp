#pragma once

#include <cartwheel/calibration.hpp>
#include <nlohmann/json_fwd.hpp>

namespace cartwheel::report {

/// The reliability table as it stands in every JSON; bins without sessions are left out.
nlohmann::ordered_json reliability_json(const Reliability& reliability);

}  // namespace cartwheel::report
