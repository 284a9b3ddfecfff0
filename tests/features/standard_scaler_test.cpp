#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/golden_file.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> column_of(const FeatureMatrix& matrix, std::size_t j) {
  std::vector<float> values(matrix.rows());
  matrix.copy_column(j, values);
  return values;
}

FeatureMatrix one_column(std::vector<float> values) {
  FeatureMatrix x(values.size());
  x.add("c", FloatColumn{std::move(values)});
  return x;
}

std::string bytes_of(const StandardScaler& scaler) {
  core::ByteWriter out;
  scaler.write(out);
  return out.bytes();
}

StandardScaler read(const std::string& bytes) {
  core::ByteReader in(bytes, "a test");
  StandardScaler scaler = StandardScaler::read(in);
  in.expect_end();
  return scaler;
}

TEST(StandardScaler, AgreesWithScikitLearn) {
  const nlohmann::json golden = test::golden_file("standard_scaler/standard_scaler.json");
  FeatureMatrix x(golden["columns"][0]["values"].size());
  for (const auto& column : golden["columns"]) {
    std::vector<float> values;
    for (const auto& value : column["values"]) values.push_back(value.is_null() ? nan : value.get<float>());
    x.add(column["name"], FloatColumn{values});
  }
  const StandardScaler scaler = StandardScaler::fit(x);
  const FeatureMatrix scaled = scaler.transform(x);
  for (std::size_t j = 0; j < x.columns(); ++j) {
    SCOPED_TRACE(x.names()[j]);
    const double mean = golden["columns"][j]["mean"], scale = golden["columns"][j]["scale"];
    // Both sum in double, in other orders: some roundings of the sum of all magnitudes.
    EXPECT_NEAR(scaler.mean()[j], mean, 1e-12 * std::max(std::abs(mean), scale));
    EXPECT_NEAR(scaler.scale()[j], scale, 1e-12 * scale);
    const std::vector<float> before = column_of(x, j), after = column_of(scaled, j);
    for (std::size_t r = 0; r < before.size(); ++r) {
      if (std::isnan(before[r]))
        EXPECT_TRUE(std::isnan(after[r]));
      else
        EXPECT_EQ(after[r], static_cast<float>((before[r] - scaler.mean()[j]) / scaler.scale()[j]));
    }
  }
}

TEST(StandardScaler, HasTheSameBitsForAnyNumberOfThreads) {
  constexpr std::size_t rows = 20'000;  // several tiles
  core::RandomStream random(5, core::RandomPurpose::generate);
  FeatureMatrix x(rows);
  for (const char* name : {"a", "b", "c"}) {
    FloatColumn column;
    for (std::size_t r = 0; r < rows; ++r)
      column.values.push_back(random.below(9) == 0 ? nan : static_cast<float>(random.uniform() * 1e3));
    x.add(name, column);
  }
  std::vector<std::string> results;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] {
      const StandardScaler scaler = StandardScaler::fit(x);
      core::ByteWriter out;
      scaler.write(out);
      const FeatureMatrix scaled = scaler.transform(x);
      for (std::size_t j = 0; j < x.columns(); ++j) {
        const std::vector<float> values = column_of(scaled, j);
        out.put_array(std::span(values));
      }
      results.push_back(out.bytes());
    });
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(StandardScaler, EveryColumnTypeIsTakenAsItsNumbers) {
  FeatureMatrix typed(4), plain(4);
  typed.add("bit", BitColumn{{0b1010}});
  typed.add("category", CategoryColumn{{0, 2, 1, 2}, {"", "a", "b"}});
  typed.add("sparse", SparseColumn{{1, 3}, {4.0f, nan}});
  for (std::size_t j = 0; j < typed.columns(); ++j) plain.add(typed.names()[j], FloatColumn{column_of(typed, j)});
  const StandardScaler scaler = StandardScaler::fit(typed);
  EXPECT_EQ(bytes_of(scaler), bytes_of(StandardScaler::fit(plain)));
  EXPECT_THAT(scaler.mean(), ElementsAre(0.5, 5.0 / 3.0, 4.0 / 3.0));
  const FeatureMatrix scaled = scaler.transform(typed);
  EXPECT_TRUE(std::holds_alternative<FloatColumn>(scaled.column(0)));
  EXPECT_THAT(column_of(scaled, 0), ElementsAre(-1.0f, 1.0f, -1.0f, 1.0f));
}

TEST(StandardScaler, WithoutValuesOrVarianceTheScaleIsOne) {
  EXPECT_THAT(StandardScaler::fit(one_column({nan, nan})).scale(), ElementsAre(1.0));
  EXPECT_THAT(StandardScaler::fit(one_column({nan, nan})).mean(), ElementsAre(0.0));
  EXPECT_THAT(StandardScaler::fit(one_column({})).scale(), ElementsAre(1.0));
  EXPECT_THAT(StandardScaler::fit(one_column({7.0f})).scale(), ElementsAre(1.0));
  EXPECT_THAT(column_of(StandardScaler::fit(one_column({7.0f})).transform(one_column({9.0f})), 0), ElementsAre(2.0f));
}

TEST(StandardScaler, ADifferenceThatRoundingCouldMakeCountsAsConstant) {
  // One value of n is one float above the others. scikit-learn's bound grows with n: at 10^6 it is reached.
  const auto scale_of = [](std::size_t n) {
    std::vector<float> values(n, 1.0f);
    values[0] = std::nextafter(1.0f, 2.0f);
    return StandardScaler::fit(one_column(std::move(values))).scale()[0];
  };
  EXPECT_EQ(scale_of(1'000'000), 1.0);
  EXPECT_NEAR(scale_of(10'000), 0x1p-23 / 100.0, 1e-13);
}

TEST(StandardScaler, AValueBeyondFloatsRangeTakesItsEnd) {
  const StandardScaler scaler = StandardScaler::fit(one_column({0.0f, 1e-30f}));
  constexpr float largest = std::numeric_limits<float>::max();
  EXPECT_THAT(column_of(scaler.transform(one_column({1e30f, -1e30f})), 0), ElementsAre(largest, -largest));
}

TEST(StandardScaler, RefusesOtherColumnsThanThoseOfTheFit) {
  const StandardScaler scaler = StandardScaler::fit(one_column({1.0f, 2.0f}));
  FeatureMatrix other(1);
  EXPECT_THAT([&] { scaler.transform(other); }, ThrowsMessage<DataError>(HasSubstr("column 0 ('c') is missing")));
  other.add("d", FloatColumn{{1.0f}});
  EXPECT_THAT([&] { scaler.transform(other); },
              ThrowsMessage<DataError>(HasSubstr("column 0 is 'd', but the fit had 'c' there")));
}

TEST(StandardScaler, ReadsWhatItWrote) {
  FeatureMatrix x(3);
  x.add("a", FloatColumn{{1.0f, 2.0f, 4.0f}});
  x.add("b", FloatColumn{{1.0f, nan, 1.0f}});
  const StandardScaler scaler = StandardScaler::fit(x), again = read(bytes_of(scaler));
  EXPECT_EQ(again.feature_names(), scaler.feature_names());
  EXPECT_EQ(again.mean(), scaler.mean());
  EXPECT_EQ(again.scale(), scaler.scale());
}

TEST(StandardScaler, HostileBytesAreADataError) {
  FeatureMatrix x(2);
  x.add("a", FloatColumn{{1.0f, 2.0f}});
  x.add("b", FloatColumn{{1.0f, 3.0f}});
  const std::string bytes = bytes_of(StandardScaler::fit(x));
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_THROW(read(bytes.substr(0, size)), DataError) << size;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int flip : {0x01, 0x40, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      try {
        const StandardScaler scaler = read(damaged);
        for (const double scale : scaler.scale()) EXPECT_GT(scale, 0.0);  // a change that still means something
        for (const double mean : scaler.mean()) EXPECT_TRUE(std::isfinite(mean));
      } catch (const DataError&) {
      }
    }
}

std::string written(const std::vector<std::string>& names, const std::vector<double>& means,
                    const std::vector<double>& scales) {
  core::ByteWriter out;
  out.put(static_cast<std::uint64_t>(names.size()));
  for (const std::string& name : names) out.put_string(name);
  out.put_array(std::span(means));
  out.put_array(std::span(scales));
  return out.bytes();
}

TEST(StandardScaler, ImpossibleContentsAreADataError) {
  EXPECT_NO_THROW(read(written({"a"}, {0.0}, {1.0})));
  EXPECT_THROW(read(written({"a", "a"}, {0.0, 0.0}, {1.0, 1.0})), DataError);
  EXPECT_THROW(read(written({"a"}, {}, {1.0})), DataError);
  EXPECT_THROW(read(written({"a"}, {0.0}, {1.0, 1.0})), DataError);
  EXPECT_THROW(read(written({"a"}, {std::nan("")}, {1.0})), DataError);
  for (const double scale : {0.0, -1.0, std::nan(""), static_cast<double>(std::numeric_limits<float>::infinity())})
    EXPECT_THROW(read(written({"a"}, {0.0}, {scale})), DataError) << scale;
  core::ByteWriter out;
  out.put(std::numeric_limits<std::uint64_t>::max());
  EXPECT_THAT([&] { read(out.bytes()); }, ThrowsMessage<DataError>(HasSubstr("more columns than the data can hold")));
}

}  // namespace
}  // namespace cartwheel
