#pragma once

#include <cartwheel/error.hpp>
#include <exception>

namespace cartwheel::pipeline {

/// Runs `work`; the error by which it shows that a combination cannot be fitted. All others (a missing device, a wish
/// to stop, no memory) say nothing of the combination, and are passed on.
template <class Work>
std::exception_ptr failure_of(const Work& work) {
  try {
    work();
  } catch (const ParameterError&) {
    return std::current_exception();
  } catch (const DataError&) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace cartwheel::pipeline
