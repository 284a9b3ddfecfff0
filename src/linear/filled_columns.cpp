#include "linear/filled_columns.hpp"

#include <algorithm>
#include <limits>

#include "core/parallel.hpp"
#include "features/model_input.hpp"
#include "linear/weighted_rows.hpp"

namespace cartwheel::linear {

namespace {

bool is_missing(float value) { return value != value; }

/// A column with its missing values filled, and where they were.
struct Filled {
  ColumnView view;
  float fill = 0.0f;
  bool sparse = false;  ///< How `floats` is to be read, if it is not empty or this is set.
  std::vector<float> floats;
  std::vector<std::uint32_t> row_numbers, missing;
};

/// Fills one column; one overload a column type.
struct Filler {
  const WeightedRows& rows;

  Filled operator()(const FloatColumn& column) const {
    Filled out = fill_dense(column.values);
    if (out.missing.empty()) {
      out.view = DenseView{column.values};
      return out;
    }
    out.floats = column.values;
    for (const std::uint32_t row : out.missing) out.floats[row] = out.fill;
    return out;
  }

  Filled operator()(const CategoryColumn& column) const {
    constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> values(column.codes.size());
    std::ranges::transform(column.codes, values.begin(),
                           [](std::uint32_t code) { return code == 0 ? nothing : static_cast<float>(code); });
    Filled out = fill_dense(values);
    for (const std::uint32_t row : out.missing) values[row] = out.fill;
    out.floats = std::move(values);
    return out;
  }

  Filled operator()(const BitColumn& column) const {
    Filled out;
    out.fill = static_cast<float>(rows.sum_of_set(column.words) / rows.total());
    out.view = BitView{column.words};
    return out;
  }

  Filled operator()(const SparseColumn& column) const {
    Filled out;
    for (std::size_t i = 0; i < column.rows.size(); ++i)
      if (is_missing(column.values[i])) out.missing.push_back(column.rows[i]);
    out.fill = mean(rows.sum_at(column.rows, [&](std::size_t i) { return present(column.values[i]); }), out.missing);
    if (out.missing.empty()) {
      out.view = SparseView{column.rows, column.values};
      return out;
    }
    out.sparse = true;
    for (std::size_t i = 0; i < column.rows.size(); ++i) {
      const float value = is_missing(column.values[i]) ? out.fill : column.values[i];
      if (value == 0.0f) continue;
      out.row_numbers.push_back(column.rows[i]);
      out.floats.push_back(value);
    }
    return out;
  }

 private:
  static double present(float value) { return is_missing(value) ? 0.0 : static_cast<double>(value); }

  Filled fill_dense(std::span<const float> values) const {
    Filled out;
    if (any_missing(values))
      for (std::uint32_t row = 0; row < values.size(); ++row)
        if (is_missing(values[row])) out.missing.push_back(row);
    out.fill = mean(rows.sum_of_present(values), out.missing);
    return out;
  }

  /// Mean of the values that are there, as the float nearest to it; 0 if there are none.
  float mean(double sum, std::span<const std::uint32_t> missing) const {
    if (missing.size() == rows.size()) return 0.0f;
    if (missing.empty()) return static_cast<float>(sum / rows.total());
    std::vector<bool> gone(rows.size());
    for (const std::uint32_t row : missing) gone[row] = true;
    return static_cast<float>(sum / rows.sum([&](std::size_t i) { return gone[i] ? 0.0 : 1.0; }));
  }
};

}  // namespace

FilledColumns FilledColumns::of(const FeatureMatrix& x, std::span<const double> sample_weight) {
  const WeightedRows rows(x.rows(), sample_weight);
  std::vector<Filled> filled(x.columns());
  core::parallel_for(x.columns(), [&](std::size_t j) { filled[j] = std::visit(Filler{rows}, x.column(j)); });

  FilledColumns out;
  out.names = x.names();
  for (Filled& column : filled) {
    out.fill.push_back(column.fill);
    if (column.sparse)
      column.view = SparseView{out.row_numbers.emplace_back(std::move(column.row_numbers)),
                               out.floats.emplace_back(std::move(column.floats))};
    else if (!column.floats.empty())
      column.view = DenseView{out.floats.emplace_back(std::move(column.floats))};
    out.columns.push_back(column.view);
  }
  for (std::uint32_t j = 0; j < x.columns(); ++j) {
    if (filled[j].missing.empty()) continue;
    out.indicators.push_back(j);
    out.names.push_back(features::indicator_name(x.names()[j]));
    const std::vector<float>& ones = out.floats.emplace_back(filled[j].missing.size(), 1.0f);
    out.columns.push_back(SparseView{out.row_numbers.emplace_back(std::move(filled[j].missing)), ones});
  }
  return out;
}

}  // namespace cartwheel::linear
