#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <limits>

#include "support/logistic_fits.hpp"

namespace cartwheel {
namespace {

using test::bytes_of;
using test::LabelledRows;
using test::with;

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

LogisticRegression read_back(std::string_view bytes) {
  core::ByteReader in(bytes, "model");
  LogisticRegression model = LogisticRegression::read(in);
  in.expect_end();
  return model;
}

TEST(LogisticRegression, WriteAndReadKeepEveryBit) {
  LabelledRows rows = test::random_rows(23, 100, 3);
  rows.columns[1][4] = nothing;
  auto options = with(Penalty::l1, 0.5);
  options.max_iter = 1;
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
  const auto copy = read_back(bytes_of(model));
  EXPECT_EQ(bytes_of(copy), bytes_of(model));
  EXPECT_EQ(copy.coefficient_names(), model.coefficient_names());
  EXPECT_EQ(copy.coefficients(), model.coefficients());
  EXPECT_EQ(copy.warnings(), model.warnings());
  EXPECT_EQ(copy.report().objective, model.report().objective);
  EXPECT_EQ(copy.predict_proba(rows.matrix()), model.predict_proba(rows.matrix()));
}

TEST(LogisticRegression, DamagedBytesAreRefusedOrHarmless) {
  LabelledRows rows = test::random_rows(24, 30, 2);
  rows.columns[1][4] = nothing;
  auto options = with(Penalty::l2);
  options.max_iter = 1;
  const auto x = rows.matrix();
  const std::string bytes = bytes_of(LogisticRegression::fit(x, rows.y, options));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(read_back(std::string_view(bytes).substr(0, size)), DataError) << size;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int change : {0x01, 0x40, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try {
        const auto model = read_back(damaged);
        if (model.feature_names() != x.names()) continue;
        for (const double p : model.predict_proba(x)) EXPECT_TRUE(p >= 0.0 && p <= 1.0) << i;
      } catch (const DataError&) {
      }
    }
}

}  // namespace
}  // namespace cartwheel
