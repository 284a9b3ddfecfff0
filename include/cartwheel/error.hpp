#pragma once

#include <stdexcept>

namespace [[gnu::visibility("default")]] cartwheel {

/// Base of everything this library throws on purpose. The text says what is wrong, where, and what to do.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// An option, parameter, key or name is unknown or out of range. intent_cli exits with 2.
struct ParameterError : Error {
  using Error::Error;
};
/// A file, a log or a matrix is unusable. intent_cli exits with 3.
struct DataError : Error {
  using Error::Error;
};
/// The device that was asked for is not there, or failed. intent_cli exits with 4.
struct DeviceError : Error {
  using Error::Error;
};
/// A progress callback asked to stop. Nothing half-written is left behind. intent_cli exits with 130.
struct Cancelled : Error {
  using Error::Error;
};

}  // namespace cartwheel
