#include "features/model_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>

namespace cartwheel::features {

std::size_t check_labels(std::span<const std::uint8_t> y, std::size_t rows) {
  if (y.size() != rows) throw DataError(fmt::format("there are {} labels for {} rows; give one a row", y.size(), rows));
  if (rows == 0) throw DataError("there are no training rows; both classes must occur");
  std::array<std::size_t, 2> found{};
  for (std::size_t i = 0; i < rows; ++i) {
    if (y[i] > 1) throw DataError(fmt::format("the label of row {} is {}; a label is 0 or 1", i, y[i]));
    ++found[y[i]];
  }
  for (const int c : {0, 1})
    if (found[static_cast<std::size_t>(c)] == 0)
      throw DataError(
          fmt::format("all {} training rows have label {}; there is none of class {} to learn from", rows, 1 - c, c));
  return found[1];
}

void check_columns(std::span<const std::string> fitted, const FeatureMatrix& x, std::string_view model) {
  const auto& given = x.names();
  const std::size_t shared = std::min(fitted.size(), given.size());
  for (std::size_t j = 0; j < shared; ++j)
    if (fitted[j] != given[j])
      throw DataError(
          fmt::format("{}: column {} is '{}', but the fit had '{}' there; give the columns of the "
                      "fit, in their order",
                      model, j, given[j], fitted[j]));
  if (given.size() > shared)
    throw DataError(
        fmt::format("{}: column {} is '{}', but the fit had {} columns", model, shared, given[shared], fitted.size()));
  if (fitted.size() > shared)
    throw DataError(fmt::format("{}: column {} ('{}') is missing: the fit had {} columns, {} are given", model, shared,
                                fitted[shared], fitted.size(), given.size()));
}

std::string indicator_name(std::string_view column) { return fmt::format("{} is missing", column); }

}  // namespace cartwheel::features
