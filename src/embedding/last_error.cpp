#include "embedding/last_error.hpp"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <string>

namespace cartwheel::embedding {
namespace {

thread_local std::string error_text;
thread_local const char* last_error = "";

cartwheel_status fail(cartwheel_status status, const char* text) noexcept {
  try {
    error_text = text;
    last_error = error_text.c_str();
  } catch (...) {  // even this text had no room
    last_error = "out of memory";
  }
  return status;
}

}  // namespace

cartwheel_status status_of_exception() noexcept {
  try {
    throw;
  } catch (const NoScore& error) {
    return fail(CARTWHEEL_NO_SCORE, error.what());
  } catch (const ParameterError& error) {
    return fail(CARTWHEEL_PARAMETER_ERROR, error.what());
  } catch (const DataError& error) {
    return fail(CARTWHEEL_DATA_ERROR, error.what());
  } catch (const DeviceError& error) {
    return fail(CARTWHEEL_DEVICE_ERROR, error.what());
  } catch (const std::bad_alloc&) {
    return fail(CARTWHEEL_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(CARTWHEEL_INTERNAL_ERROR, error.what());
  } catch (...) {
    return fail(CARTWHEEL_INTERNAL_ERROR, "an error of an unknown kind");
  }
}

void require(const void* pointer, std::string_view argument) {
  if (pointer == nullptr) throw ParameterError(fmt::format("'{}' is NULL", argument));
}

}  // namespace cartwheel::embedding

const char* cartwheel_last_error(void) { return cartwheel::embedding::last_error; }
