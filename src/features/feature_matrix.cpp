#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_matrix.hpp>
#include <cmath>
#include <limits>

#include "core/parallel.hpp"

namespace cartwheel {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t bits_per_word = 64;

std::size_t words_for(std::size_t rows) { return (rows + bits_per_word - 1) / bits_per_word; }

bool bit_of(const BitColumn& column, std::size_t row) {
  return (column.words[row / bits_per_word] >> (row % bits_per_word) & 1) != 0;
}

[[noreturn]] void fail(std::string_view name, std::string_view reason) {
  throw DataError(fmt::format("column '{}' {}", name, reason));
}

void check_size(std::string_view name, std::string_view what, std::size_t size, std::size_t expected) {
  if (size != expected) fail(name, fmt::format("has {} {}; the matrix needs {}", size, what, expected));
}

/// Without a branch a value, because that is a loop over vectors, and there is hardly ever one to find.
bool any_infinite(std::span<const float> values) {
  constexpr std::size_t block_rows = std::size_t{1} << 16;
  const auto any_in = [&](std::size_t begin, std::size_t end) {
    bool any = false;
    for (const float value : values.subspan(begin, end - begin))
      any |= std::abs(value) == std::numeric_limits<float>::infinity();
    return any;
  };
  if (values.size() <= block_rows) return any_in(0, values.size());
  std::atomic<bool> any = false;
  core::parallel_for_blocks(values.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    if (any_in(begin, end)) any = true;
  });
  return any;
}

void check(std::string_view name, const FloatColumn& column, std::size_t rows) {
  check_size(name, "values", column.values.size(), rows);
  if (!any_infinite(column.values)) return;
  const auto infinite = std::ranges::find_if(column.values, [](float value) { return std::isinf(value); });
  fail(name, fmt::format("is infinite in row {}; missing values are NaN", infinite - column.values.begin()));
}

void check(std::string_view name, const BitColumn& column, std::size_t rows) {
  check_size(name, "words of 64 bits", column.words.size(), words_for(rows));
  if (rows % bits_per_word != 0 && column.words.back() >> (rows % bits_per_word) != 0)
    fail(name, fmt::format("has bits set beyond its {} rows", rows));
}

void check(std::string_view name, const CategoryColumn& column, std::size_t rows) {
  check_size(name, "codes", column.codes.size(), rows);
  if (column.levels.empty() || !column.levels[0].empty())
    fail(name, "must have the empty text as its first level, which stands for missing");
  const auto unknown =
      std::ranges::find_if(column.codes, [&](std::uint32_t code) { return code >= column.levels.size(); });
  if (unknown != column.codes.end())
    fail(name, fmt::format("has code {} in row {}, but only {} levels", *unknown, unknown - column.codes.begin(),
                           column.levels.size()));
}

void check(std::string_view name, const SparseColumn& column, std::size_t rows) {
  check_size(name, "values for the rows it names", column.values.size(), column.rows.size());
  for (std::size_t i = 0; i < column.rows.size(); ++i) {
    if (i > 0 && column.rows[i] <= column.rows[i - 1])
      fail(name, fmt::format("names row {} after row {}; rows must increase", column.rows[i], column.rows[i - 1]));
    if (column.rows[i] >= rows)
      fail(name, fmt::format("names row {}, but the matrix has {} rows", column.rows[i], rows));
    if (column.values[i] == 0.0f || std::isinf(column.values[i]))
      fail(name,
           fmt::format("holds {} for row {}; its values must be finite and not 0", column.values[i], column.rows[i]));
  }
}

void copy(const FloatColumn& column, std::span<float> out) { std::ranges::copy(column.values, out.begin()); }

void copy(const BitColumn& column, std::span<float> out) {
  for (std::size_t row = 0; row < out.size(); ++row) out[row] = bit_of(column, row) ? 1.0f : 0.0f;
}

void copy(const CategoryColumn& column, std::span<float> out) {
  for (std::size_t row = 0; row < out.size(); ++row)
    out[row] = column.codes[row] == 0 ? missing : static_cast<float>(column.codes[row]);
}

void copy(const SparseColumn& column, std::span<float> out) {
  std::ranges::fill(out, 0.0f);
  for (std::size_t i = 0; i < column.rows.size(); ++i) out[column.rows[i]] = column.values[i];
}

FloatColumn select(const FloatColumn& column, std::span<const std::uint32_t> rows) {
  FloatColumn selected{std::vector<float>(rows.size())};
  for (std::size_t i = 0; i < rows.size(); ++i) selected.values[i] = column.values[rows[i]];
  return selected;
}

BitColumn select(const BitColumn& column, std::span<const std::uint32_t> rows) {
  BitColumn selected{std::vector<std::uint64_t>(words_for(rows.size()))};
  for (std::size_t i = 0; i < rows.size(); ++i)
    selected.words[i / bits_per_word] |= std::uint64_t{bit_of(column, rows[i])} << (i % bits_per_word);
  return selected;
}

CategoryColumn select(const CategoryColumn& column, std::span<const std::uint32_t> rows) {
  CategoryColumn selected{std::vector<std::uint32_t>(rows.size()), column.levels};
  for (std::size_t i = 0; i < rows.size(); ++i) selected.codes[i] = column.codes[rows[i]];
  return selected;
}

SparseColumn select(const SparseColumn& column, std::span<const std::uint32_t> rows) {
  SparseColumn selected;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto found = std::ranges::lower_bound(column.rows, rows[i]);
    if (found == column.rows.end() || *found != rows[i]) continue;
    selected.rows.push_back(static_cast<std::uint32_t>(i));
    selected.values.push_back(column.values[static_cast<std::size_t>(found - column.rows.begin())]);
  }
  return selected;
}

}  // namespace

FeatureMatrix::FeatureMatrix(std::size_t rows) : rows_(rows) {
  if (rows > std::numeric_limits<std::uint32_t>::max())
    throw DataError(fmt::format("a matrix of {} rows is too long; at most {} are possible", rows,
                                std::numeric_limits<std::uint32_t>::max()));
}

void FeatureMatrix::add(std::string name, Column column) {
  if (std::ranges::find(names_, name) != names_.end()) fail(name, "is there twice; column names must differ");
  std::visit([&](const auto& typed) { check(name, typed, rows_); }, column);
  names_.push_back(std::move(name));
  columns_.push_back(std::move(column));
}

void FeatureMatrix::replace(std::size_t j, Column column) {
  std::visit([&](const auto& typed) { check(names_[j], typed, rows_); }, column);
  columns_[j] = std::move(column);
}

void FeatureMatrix::copy_column(std::size_t j, std::span<float> out) const {
  std::visit([&](const auto& typed) { copy(typed, out); }, columns_[j]);
}

FeatureMatrix FeatureMatrix::select_rows(std::span<const std::uint32_t> rows) const {
  const auto unknown = std::ranges::find_if(rows, [&](std::uint32_t row) { return row >= rows_; });
  if (unknown != rows.end()) throw DataError(fmt::format("row {} was asked of a matrix of {} rows", *unknown, rows_));
  FeatureMatrix selected(rows.size());
  selected.names_ = names_;
  selected.columns_.reserve(columns_.size());
  for (const Column& column : columns_)
    selected.columns_.push_back(std::visit([&](const auto& typed) { return Column(select(typed, rows)); }, column));
  return selected;
}

}  // namespace cartwheel
