#include <cartwheel/error.hpp>

#include "bindings.hpp"

namespace cartwheel::python {
namespace {

ParameterValue value_from(const std::string& name, nb::handle value) {
  if (value.is_none()) return std::string("none");
  if (nb::isinstance<nb::bool_>(value)) return nb::cast<bool>(value);
  if (nb::isinstance<nb::str>(value)) return nb::cast<std::string>(value);
  if (PyIndex_Check(value.ptr())) return nb::cast<std::int64_t>(nb::int_(value));
  if (PyNumber_Check(value.ptr()) && !nb::hasattr(value, "__len__")) return nb::cast<double>(nb::float_(value));
  std::vector<double> numbers;
  if (nb::try_cast(value, numbers)) return numbers;
  throw ParameterError("parameter '" + name +
                       "' is of a type that no parameter has: " + nb::cast<std::string>(nb::repr(value)));
}

}  // namespace

Parameters parameters_from(const nb::dict& values) {
  Parameters parameters;
  for (const auto& [name, value] : values) {
    const auto key = nb::cast<std::string>(name);
    parameters[key] = value_from(key, value);
  }
  return parameters;
}

nb::dict to_python(const Parameters& parameters) {
  nb::dict values;
  for (const auto& [name, value] : parameters)
    values[name.c_str()] = std::visit([](const auto& held) { return nb::cast(held); }, value);
  return values;
}

}  // namespace cartwheel::python
