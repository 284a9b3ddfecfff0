#include "features/extractor_v1.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include "core/bytes.hpp"
#include "core/current_device.hpp"
#include "core/parallel.hpp"
#include "core/suggest.hpp"
#include "core/time.hpp"
#include "features/price_moments.hpp"
#include "features/v1_columns.hpp"
#include "features/window_columns.hpp"

namespace cartwheel::features {
namespace {

using namespace v1;

constexpr std::int64_t largest_session_size = 1000;
constexpr std::array<std::string_view, 1> parameter_names{"session_size"};

struct NameAndMeaning {
  const char* name;
  const char* meaning;
};

constexpr std::array<NameAndMeaning, feature_count> features{{
    {"event_count", "events in the window"},
    {"weekday", "day of the week of the first event, UTC; Monday is 0, Sunday 6"},
    {"hour", "hour of the day of the first event, UTC; 0 to 23"},
    {"price_mean", "mean price of the window's events that have one, in currency units; 0 if none has"},
    {"price_std", "standard deviation (ddof 1) of these prices, in currency units; 0 for fewer than two"},
    {"category_code_nunique", "different category codes among the window's events; missing ones left out"},
    {"category_code_count", "events of the window that have a category code"},
    {"category_id_nunique", "different category ids among the window's events; missing ones left out"},
    {"category_id_count", "events of the window that have a category id"},
    {"brand_nunique", "different brands among the window's events; missing ones left out"},
    {"brand_count", "events of the window that have a brand"},
    {"product_nunique", "different products among the window's events; missing ones left out"},
    {"category_ratio", "category_code_nunique / category_code_count, in [0, 1]; 0 if the count is 0"},
    {"brand_ratio", "brand_nunique / brand_count, in [0, 1]; 0 if the count is 0"},
    {"product_ratio", "product_nunique / session_size, in [0, 1]"},
}};

/// Where the features of a block of rows go: the block's stretch of each column.
using Targets = std::array<float*, feature_count>;

/// Prices beyond are rare; up to here, a window's sums of squares fit in 64 bits.
constexpr std::int64_t small_difference = std::int64_t{1} << 27;
constexpr std::size_t small_window = 16;

/// count * sum of squares - (sum)^2 of differences from `origin`, which is variance * count * (count - 1) whatever the
/// origin, as a double.
template <class Integer>
double scaled_variance(std::span<const std::int64_t> prices, std::int64_t origin, Integer count) {
  Integer sum = 0, sum_of_squares = 0;
  for (const std::int64_t price : prices) {
    if (price == missing_price) continue;
    const Integer difference = price - origin;
    sum += difference;
    sum_of_squares += difference * difference;
  }
  return static_cast<double>(count * sum_of_squares - sum * sum);
}

/// Mean and standard deviation in currency units.
void set_price_features(std::span<const std::int64_t> prices, float& mean, float& standard_deviation) {
  static_assert(largest_price <= 1'000'000'000'000'000 && largest_session_size <= 1000,
                "a sum of prices must fit in 63 bits; count * sum of squares, at most 4 * 10^36, in 127");
  std::int64_t count = 0, sum = 0, origin = 0;
  bool small = prices.size() <= small_window;
  for (const std::int64_t price : prices) {
    if (price == missing_price) continue;
    if (count == 0) origin = price;
    small &= std::abs(price - origin) <= small_difference;
    ++count;
    sum += price;
  }
  mean = price_mean_of(count, sum);
  const double variance = small ? scaled_variance<std::int64_t>(prices, origin, count)
                                : scaled_variance<WideInteger>(prices, origin, count);
  standard_deviation = price_deviation_of(count, variance);
}

/// How many values are there, and how many different ones; missing values left out.
struct Counts {
  std::size_t count = 0, distinct = 0;
  float ratio() const {
    return count == 0 ? 0.0f : static_cast<float>(static_cast<double>(distinct) / static_cast<double>(count));
  }
};

/// Each code against those before it: no branch, and for windows of a few events much less work than sorting.
template <std::size_t Size>
Counts counts_of(const Code* codes) {
  Counts counts;
  for (std::size_t i = 0; i < Size; ++i) {
    bool is_new = codes[i] != missing_code;
    counts.count += is_new ? 1 : 0;
    for (std::size_t j = 0; j < i; ++j) is_new &= codes[j] != codes[i];
    counts.distinct += is_new ? 1 : 0;
  }
  return counts;
}

Counts counts_of_many(std::span<const Code> codes, std::vector<Code>& scratch) {
  scratch.assign(codes.begin(), codes.end());
  std::erase(scratch, missing_code);
  std::ranges::sort(scratch);
  const auto repeats = std::ranges::unique(scratch);
  return {scratch.size(), scratch.size() - repeats.size()};
}

/// Calls set(i, counts) for each row i of `rows`: of the first `size` codes of its window. What lies beyond a window's
/// last event is missing, so all windows can be taken as full.
template <class Set>
void count_codes(const Column<Code>& codes, std::size_t stride, std::size_t size, std::span<const std::uint32_t> rows,
                 const Set& set) {
  const auto with_size = [&]<std::size_t Size>() {
    for (std::size_t i = 0; i < rows.size(); ++i) set(i, counts_of<Size>(&codes[rows[i] * stride]));
  };
  switch (size) {
    case 1:
      return with_size.template operator()<1>();
    case 2:
      return with_size.template operator()<2>();
    case 3:
      return with_size.template operator()<3>();
    case 4:
      return with_size.template operator()<4>();
    case 5:
      return with_size.template operator()<5>();
    default: {
      std::vector<Code> scratch;
      for (std::size_t i = 0; i < rows.size(); ++i)
        set(i, counts_of_many(std::span(codes).subspan(rows[i] * stride, size), scratch));
    }
  }
}

/// The features of a block of rows, one column of the table after the other.
void set_features(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::size_t size,
                  const Targets& to) {
  const auto stride = static_cast<std::size_t>(sessions.options.size);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    to[event_count][i] = static_cast<float>(std::min<std::size_t>(sessions.event_count[rows[i]], size));
    to[weekday][i] = static_cast<float>(core::weekday(sessions.start[rows[i]]));
    to[hour][i] = static_cast<float>(core::hour(sessions.start[rows[i]]));
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    set_price_features(std::span(sessions.price).subspan(rows[i] * stride, size), to[price_mean][i], to[price_std][i]);
  count_codes(sessions.category_code, stride, size, rows, [&](std::size_t i, const Counts& counts) {
    to[category_code_nunique][i] = static_cast<float>(counts.distinct);
    to[category_code_count][i] = static_cast<float>(counts.count);
    to[category_ratio][i] = counts.ratio();
  });
  count_codes(sessions.category_id, stride, size, rows, [&](std::size_t i, const Counts& counts) {
    to[category_id_nunique][i] = static_cast<float>(counts.distinct);
    to[category_id_count][i] = static_cast<float>(counts.count);
  });
  count_codes(sessions.brand, stride, size, rows, [&](std::size_t i, const Counts& counts) {
    to[brand_nunique][i] = static_cast<float>(counts.distinct);
    to[brand_count][i] = static_cast<float>(counts.count);
    to[brand_ratio][i] = counts.ratio();
  });
  count_codes(sessions.product, stride, size, rows, [&](std::size_t i, const Counts& counts) {
    to[product_nunique][i] = static_cast<float>(counts.distinct);
    to[product_ratio][i] = static_cast<float>(static_cast<double>(counts.distinct) / static_cast<double>(size));
  });
}

void check_request(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::size_t session_size) {
  if (session_size > static_cast<std::size_t>(sessions.options.size))
    throw ParameterError(fmt::format(
        "V1: session_size is {}, but the sessions' windows hold {} events; lower session_size, or raise session.size",
        session_size, sessions.options.size));
  if (const auto last = std::ranges::max_element(rows); last != rows.end() && *last >= sessions.size())
    throw DataError(fmt::format("V1: row {} was asked of a table of {} sessions", *last, sessions.size()));
}

/// @param columns  in the order of `features`.
FeatureMatrix named(FeatureGroup::Columns columns, std::size_t rows) {
  FeatureMatrix matrix(rows);
  for (std::size_t f = 0; f < feature_count; ++f) matrix.add(features[f].name, std::move(columns[f]));
  return matrix;
}

}  // namespace

ExtractorV1::ExtractorV1(const Parameters& parameters) {
  std::int64_t session_size = 3;
  for (const auto& [name, value] : parameters) {
    if (name != "session_size")
      throw ParameterError(fmt::format("V1 has no parameter '{}'{}", name, core::suggestion(name, parameter_names)));
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < 1 || *number > largest_session_size)
      throw ParameterError(fmt::format("V1: session_size is {}; it must be a whole number in [1, {}]", to_text(value),
                                       largest_session_size));
    session_size = *number;
  }
  parameters_["session_size"] = session_size;
  session_size_ = static_cast<std::size_t>(session_size);
}

std::vector<FeatureDefinition> ExtractorV1::definitions() const {
  std::vector<FeatureDefinition> definitions;
  for (const auto& [name, meaning] : features) definitions.push_back({name, meaning, "no"});
  return definitions;
}

FeatureMatrix ExtractorV1::fit_transform(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                         std::int64_t /*train_end*/) {
  check_request(sessions, rows, session_size_);
  fitted_ = true;
  return transform(sessions, rows);
}

FeatureMatrix ExtractorV1::transform(const SessionTable& sessions, std::span<const std::uint32_t> rows) const {
  if (!fitted_) throw ParameterError("V1: transform was called before fit_transform");
  check_request(sessions, rows, session_size_);
  if (core::current_device() == Device::cuda)
    return named(v1_columns_on_cuda({sessions, rows, session_size_}), rows.size());
  constexpr std::size_t rows_per_block = 1024;  // of some columns of the table and all of the result, in the caches
  std::array<FloatColumn, feature_count> columns;
  core::parallel_for(feature_count, [&](std::size_t f) { columns[f].values.resize(rows.size()); });
  core::parallel_for_blocks(rows.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    Targets to;
    for (std::size_t f = 0; f < feature_count; ++f) to[f] = columns[f].values.data() + begin;
    set_features(sessions, rows.subspan(begin, end - begin), session_size_, to);
  });
  return named({std::make_move_iterator(columns.begin()), std::make_move_iterator(columns.end())}, rows.size());
}

void ExtractorV1::write(core::ByteWriter& out) const {
  if (!fitted_) throw ParameterError("V1: write was called before fit_transform");
  out.put_string(extractor_name);
  out.put(static_cast<std::uint64_t>(session_size_));
}

std::unique_ptr<ExtractorV1> ExtractorV1::read(core::ByteReader& in) {
  const auto session_size = in.get<std::uint64_t>();
  if (session_size < 1 || session_size > largest_session_size)
    in.fail(fmt::format("the session_size of V1 is {}; it must be in [1, {}]", session_size, largest_session_size));
  auto extractor = std::make_unique<ExtractorV1>(Parameters{{"session_size", static_cast<std::int64_t>(session_size)}});
  extractor->fitted_ = true;
  return extractor;
}

}  // namespace cartwheel::features
