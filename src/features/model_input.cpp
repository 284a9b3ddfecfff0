#include "features/model_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <set>

#include "core/tile_sum.hpp"

namespace cartwheel::features {

namespace {

constexpr double smallest_weight = 1e-100, largest_weight = 1e100;

}  // namespace

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

std::array<double, 2> class_totals(std::span<const std::uint8_t> y, std::span<const double> sample_weight) {
  if (sample_weight.empty()) {
    const auto positives = static_cast<double>(std::ranges::count(y, 1));
    return {static_cast<double>(y.size()) - positives, positives};
  }
  if (sample_weight.size() != y.size())
    throw DataError(fmt::format("there are {} weights for {} rows; give one a row", sample_weight.size(), y.size()));
  for (std::size_t i = 0; i < y.size(); ++i)
    if (const double w = sample_weight[i]; w != 0.0 && !(w >= smallest_weight && w <= largest_weight))
      throw DataError(fmt::format("the weight of row {} is {}; a weight is 0 or in [{:g}, {:g}]", i, w, smallest_weight,
                                  largest_weight));
  std::array<double, 2> sums;
  for (const std::size_t c : {0u, 1u}) {
    sums[c] = core::tile_sum(y.size(), [&](std::size_t i) { return y[i] == c ? sample_weight[i] : 0.0; });
    if (sums[c] == 0.0)
      throw DataError(fmt::format("every training row with label {} has weight 0; there is none to learn from", c));
  }
  return sums;
}

CountedRows::CountedRows(const FeatureMatrix& all, std::span<const std::uint8_t> labels,
                         std::span<const double> sample_weight) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < sample_weight.size(); ++row) {
    if (sample_weight[row] == 0.0) continue;
    rows.push_back(row);
    y.push_back(labels[row]);
    weight.push_back(sample_weight[row]);
  }
  x = all.select_rows(rows);
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

void write_column_names(std::span<const std::string> names, core::ByteWriter& out) {
  out.put(static_cast<std::uint64_t>(names.size()));
  for (const std::string& name : names) out.put_string(name);
}

std::vector<std::string> read_column_names(core::ByteReader& in, std::string_view owner) {
  const auto columns = in.get<std::uint64_t>();
  if (columns > in.remaining() / sizeof(std::uint64_t))
    in.fail(fmt::format("{} names more columns than the data can hold", owner));
  std::vector<std::string> names;
  names.reserve(columns);
  for (std::uint64_t j = 0; j < columns; ++j) names.emplace_back(in.get_string());
  if (std::set<std::string_view>(names.begin(), names.end()).size() != columns)
    in.fail(fmt::format("{} names a column twice", owner));
  return names;
}

std::string indicator_name(std::string_view column) { return fmt::format("{} is missing", column); }

}  // namespace cartwheel::features
