#pragma once

#include <functional>

namespace cartwheel_job {

struct Measured {
  double seconds;     ///< Median over the runs.
  double peak_bytes;  ///< By how much the first run let the process's memory grow at its peak.
};

/// Times `work` as measure.py's timed() does: short work runs up to 9 times, 0.4 s in all.
Measured measured(const std::function<void()>& work);

}  // namespace cartwheel_job
