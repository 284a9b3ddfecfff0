#include "selection/progress_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

namespace cartwheel::selection {

ProgressMeter::ProgressMeter(const ProgressCallback& callback, std::string_view stage, std::uint64_t total)
    : callback_(callback), stage_(stage), total_(total), told_every_(std::max<std::uint64_t>(1, total / 1000)) {
  tell(0);
}

void ProgressMeter::check() const {
  if (cancelled_) throw Cancelled(fmt::format("stopped on request while {}", stage_));
}

void ProgressMeter::finish_one() {
  const std::scoped_lock lock(mutex_);
  ++done_;
  check();
  if (done_ % told_every_ == 0 || done_ == total_) tell(done_);
}

void ProgressMeter::tell(std::uint64_t done) {
  if (callback_ && !callback_({stage_, done, total_})) cancelled_ = true;
  check();
}

}  // namespace cartwheel::selection
