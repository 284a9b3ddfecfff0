#pragma once

#include <cartwheel.h>

#include <cartwheel/error.hpp>
#include <string_view>

/// The C interface of include/cartwheel.h.
namespace cartwheel::embedding {

/// A session that has no score.
struct NoScore : Error {
  using Error::Error;
};

/// The status of the exception that is being handled, whose text becomes this thread's last error.
cartwheel_status status_of_exception() noexcept;

/// Does `work`; nothing that it throws goes further.
template <class Work>
cartwheel_status guarded(const Work& work) noexcept {
  try {
    work();
    return CARTWHEEL_OK;
  } catch (...) {
    return status_of_exception();
  }
}

/// @throws ParameterError that names the argument, if `pointer` is null.
void require(const void* pointer, std::string_view argument);

}  // namespace cartwheel::embedding
