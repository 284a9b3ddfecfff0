#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/parameters.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// What Python's module cartwheel._core is made of. Long work runs without the interpreter's lock.
namespace cartwheel::python {

namespace nb = nanobind;

void bind_sessions(nb::module_& module);
void bind_models(nb::module_& module);
void bind_experiments(nb::module_& module);

/// None is the text "none"; numbers, texts, booleans and sequences of numbers are themselves.
Parameters parameters_from(const nb::dict& values);
nb::dict to_python(const Parameters& parameters);

/// A matrix of columns, each an array [rows] of numbers, of any stride, or a pair (codes [rows] of uint32, levels) for
/// categories. Values are converted to float32 once, on their way into the matrix.
FeatureMatrix matrix_from(const std::vector<std::string>& names, const nb::list& columns, std::size_t rows);
/// (names, columns): float32 arrays that own their memory; a category's value is its code, missing is NaN.
nb::tuple to_python(const FeatureMatrix& x);

using RowNumbers = nb::ndarray<const std::uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Labels = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Doubles = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class Array>
auto span_of(const Array& array) {
  return std::span(array.data(), array.shape(0));
}

/// A NumPy array that owns what was in `values`.
template <class T>
nb::object array_of(std::vector<T> values) {
  auto* const owned = new std::vector<T>(std::move(values));
  const nb::capsule owner(owned, [](void* pointer) noexcept { delete static_cast<std::vector<T>*>(pointer); });
  return nb::cast(nb::ndarray<nb::numpy, T, nb::ndim<1>>(owned->data(), {owned->size()}, owner));
}
/// A NumPy array of memory that `owner` keeps alive; it cannot be written to.
template <class T>
nb::object view_of(std::span<const T> values, nb::handle owner) {
  return nb::cast(nb::ndarray<nb::numpy, const T, nb::ndim<1>>(values.data(), {values.size()}, owner));
}

/// Asks, from a thread without the interpreter's lock, whether the user wants to stop (Ctrl-C): false if so.
bool carry_on();

}  // namespace cartwheel::python
