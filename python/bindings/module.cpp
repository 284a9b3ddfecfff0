#include <cartwheel/error.hpp>
#include <cartwheel/version.hpp>

#include "bindings.hpp"

namespace cartwheel::python {

bool carry_on() {
  const nb::gil_scoped_acquire lock;
  return PyErr_CheckSignals() == 0;
}

namespace {

/// What is thrown in C++ becomes an exception that Python's users expect.
void bind_errors(nb::module_& module) {
  nb::exception<DataError>(module, "DataError", PyExc_ValueError).doc() = "A file, a log or a matrix is unusable.";
  nb::exception<ParameterError>(module, "ParameterError", PyExc_ValueError).doc() =
      "An option, parameter, key or name is unknown or out of range.";
  nb::exception<DeviceError>(module, "DeviceError", PyExc_RuntimeError).doc() =
      "The device that was asked for is not there, or failed.";
  nb::register_exception_translator([](const std::exception_ptr& error, void*) {
    try {
      std::rethrow_exception(error);
    } catch (const Cancelled&) {
      if (!PyErr_Occurred()) PyErr_SetNone(PyExc_KeyboardInterrupt);
    }
  });
}

}  // namespace
}  // namespace cartwheel::python

NB_MODULE(_core, module) {
  using namespace cartwheel::python;
  module.doc() = "Cartwheel's C++, as the modules of the package use it.";
  module.attr("__version__") = std::string(cartwheel::version());
  bind_errors(module);
  bind_sessions(module);
  bind_models(module);
  bind_experiments(module);
}
