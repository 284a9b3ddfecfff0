#include "report/reliability_json.hpp"

#include <nlohmann/json.hpp>

namespace cartwheel::report {

nlohmann::ordered_json reliability_json(const Reliability& reliability) {
  auto bins = nlohmann::ordered_json::array();
  for (const ReliabilityBin& bin : reliability.bins)
    if (bin.rows > 0)
      bins.push_back({{"low", bin.low},
                      {"high", bin.high},
                      {"sessions", bin.rows},
                      {"positives", bin.positives},
                      {"mean_probability", bin.mean_probability},
                      {"observed", bin.observed()}});
  return {{"expected_calibration_error", reliability.error}, {"bins", bins}};
}

}  // namespace cartwheel::report
