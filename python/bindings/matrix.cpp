#include <algorithm>
#include <cartwheel/error.hpp>

#include "bindings.hpp"

namespace cartwheel::python {
namespace {

using AnyArray = nb::ndarray<nb::ro, nb::ndim<1>, nb::device::cpu>;

template <class T>
void copy_values(const AnyArray& array, std::vector<float>& out) {
  const auto* from = static_cast<const T*>(array.data());
  const std::int64_t stride = array.stride(0);
  for (std::size_t row = 0; row < out.size(); ++row)
    out[row] = static_cast<float>(from[static_cast<std::int64_t>(row) * stride]);
}

template <class... T>
bool copy_if_one_of(const AnyArray& array, std::vector<float>& out) {
  return ((array.dtype() == nb::dtype<T>() && (copy_values<T>(array, out), true)) || ...);
}

void check_rows(const std::string& name, std::size_t found, std::size_t rows) {
  if (found != rows)
    throw DataError("column '" + name + "' has " + std::to_string(found) + " rows; the first one has " +
                    std::to_string(rows));
}

FeatureMatrix::Column column_from(const std::string& name, nb::handle column, std::size_t rows) {
  if (nb::isinstance<nb::tuple>(column)) {
    const auto [codes, levels] = nb::cast<std::pair<RowNumbers, std::vector<std::string>>>(column);
    check_rows(name, codes.shape(0), rows);
    const auto all = span_of(codes);
    return CategoryColumn{std::vector<std::uint32_t>(all.begin(), all.end()), levels};
  }
  AnyArray array;
  if (!nb::try_cast(column, array)) throw DataError("column '" + name + "' is no array of numbers in one dimension");
  check_rows(name, array.shape(0), rows);
  FloatColumn result{std::vector<float>(rows)};
  if (!copy_if_one_of<float, double, std::int64_t, std::int32_t, std::int16_t, std::int8_t, std::uint64_t,
                      std::uint32_t, std::uint16_t, std::uint8_t, bool>(array, result.values))
    throw DataError("column '" + name + "' is of a type that is no number");
  return result;
}

}  // namespace

FeatureMatrix matrix_from(const std::vector<std::string>& names, const nb::list& columns, std::size_t rows) {
  if (columns.size() != names.size())
    throw DataError(std::to_string(names.size()) + " names for " + std::to_string(columns.size()) + " columns");
  FeatureMatrix x(rows);
  for (std::size_t j = 0; j < names.size(); ++j) x.add(names[j], column_from(names[j], columns[j], rows));
  return x;
}

nb::tuple to_python(const FeatureMatrix& x) {
  nb::list columns;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    std::vector<float> values(x.rows());
    x.copy_column(j, values);
    columns.append(array_of(std::move(values)));
  }
  return nb::make_tuple(nb::cast(x.names()), columns);
}

}  // namespace cartwheel::python
