#include "features/extractor_v1.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/suggest.hpp"
#include "core/time.hpp"

namespace cartwheel::features {
namespace {

constexpr std::int64_t largest_session_size = 1000;
constexpr std::array<std::string_view, 1> parameter_names{"session_size"};

/// The columns in the order of the published method.
enum Feature : std::size_t {
  event_count,
  weekday,
  hour,
  price_mean,
  price_std,
  category_code_nunique,
  category_code_count,
  category_id_nunique,
  category_id_count,
  brand_nunique,
  brand_count,
  product_nunique,
  category_ratio,
  brand_ratio,
  product_ratio,
  feature_count
};

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

/// How many values are there, and how many different ones; missing values left out.
struct Counts {
  std::size_t count = 0, distinct = 0;
  double ratio() const { return count == 0 ? 0.0 : static_cast<double>(distinct) / static_cast<double>(count); }
};

/// @param scratch  room for at least as many codes.
Counts counts_of(std::span<const Code> codes, std::span<Code> scratch) {
  const auto present_end = std::ranges::copy_if(codes, scratch.begin(), [](Code c) { return c != missing_code; }).out;
  std::sort(scratch.begin(), present_end);
  Counts counts;
  counts.count = static_cast<std::size_t>(present_end - scratch.begin());
  counts.distinct = static_cast<std::size_t>(std::unique(scratch.begin(), present_end) - scratch.begin());
  return counts;
}

struct PriceMoments {
  double mean = 0.0, standard_deviation = 0.0;  ///< In currency units.
};

/// From exact integer sums, so that the order of the prices cannot matter.
PriceMoments moments_of(std::span<const std::int64_t> prices) {
  __extension__ typedef __int128 Wide;
  static_assert(largest_price <= 1'000'000'000'000'000 && largest_session_size <= 1000,
                "count * sum of squares is at most 10^36, and must fit in 127 bits");
  Wide count = 0, sum = 0, sum_of_squares = 0;
  for (const std::int64_t price : prices) {
    if (price == missing_price) continue;
    ++count;
    sum += price;
    sum_of_squares += Wide{price} * price;
  }
  PriceMoments moments;
  constexpr double unit = price_scale;
  if (count >= 1) moments.mean = static_cast<double>(sum) / (static_cast<double>(count) * unit);
  if (count >= 2) {
    const Wide scaled_variance = count * sum_of_squares - sum * sum;  // variance * count * (count - 1)
    moments.standard_deviation =
        std::sqrt(static_cast<double>(scaled_variance) / static_cast<double>(count * (count - 1))) / unit;
  }
  return moments;
}

using Row = std::array<double, feature_count>;

Row features_of(const SessionTable& sessions, std::size_t row, std::size_t session_size, std::span<Code> scratch) {
  const std::size_t begin = row * static_cast<std::size_t>(sessions.options.size);
  const std::size_t events = std::min<std::size_t>(sessions.event_count[row], session_size);
  const auto window = [&](const auto& column) { return std::span(column).subspan(begin, events); };
  const Counts category_code = counts_of(window(sessions.category_code), scratch);
  const Counts category_id = counts_of(window(sessions.category_id), scratch);
  const Counts brand = counts_of(window(sessions.brand), scratch);
  const Counts product = counts_of(window(sessions.product), scratch);
  const PriceMoments price = moments_of(window(sessions.price));

  Row values;
  values[event_count] = static_cast<double>(events);
  values[weekday] = core::weekday(sessions.start[row]);
  values[hour] = core::hour(sessions.start[row]);
  values[price_mean] = price.mean;
  values[price_std] = price.standard_deviation;
  values[category_code_nunique] = static_cast<double>(category_code.distinct);
  values[category_code_count] = static_cast<double>(category_code.count);
  values[category_id_nunique] = static_cast<double>(category_id.distinct);
  values[category_id_count] = static_cast<double>(category_id.count);
  values[brand_nunique] = static_cast<double>(brand.distinct);
  values[brand_count] = static_cast<double>(brand.count);
  values[product_nunique] = static_cast<double>(product.distinct);
  values[category_ratio] = category_code.ratio();
  values[brand_ratio] = brand.ratio();
  values[product_ratio] = static_cast<double>(product.distinct) / static_cast<double>(session_size);
  return values;
}

void check_request(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::size_t session_size) {
  if (session_size > static_cast<std::size_t>(sessions.options.size))
    throw ParameterError(fmt::format(
        "V1: session_size is {}, but the sessions' windows hold {} events; lower session_size, or raise session.size",
        session_size, sessions.options.size));
  const auto unknown = std::ranges::find_if(rows, [&](std::uint32_t row) { return row >= sessions.size(); });
  if (unknown != rows.end())
    throw DataError(fmt::format("V1: row {} was asked of a table of {} sessions", *unknown, sessions.size()));
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
  constexpr std::size_t rows_per_block = 4096;
  std::array<FloatColumn, feature_count> columns;
  for (FloatColumn& column : columns) column.values.resize(rows.size());
  core::parallel_for_blocks(rows.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    std::vector<Code> scratch(session_size_);
    for (std::size_t i = begin; i < end; ++i) {
      const Row values = features_of(sessions, rows[i], session_size_, scratch);
      for (std::size_t f = 0; f < feature_count; ++f) columns[f].values[i] = static_cast<float>(values[f]);
    }
  });
  FeatureMatrix matrix(rows.size());
  for (std::size_t f = 0; f < feature_count; ++f) matrix.add(features[f].name, std::move(columns[f]));
  return matrix;
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
