#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/calibration.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/metrics.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/philox.hpp"
#include "support/golden_file.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Labels drawn with P(y = 1) = `truth`(p), and the probabilities p that a model claims.
template <class Truth>
struct Claims {
  std::vector<std::uint8_t> y;
  std::vector<double> p;

  Claims(std::size_t rows, const Truth& truth) {
    core::RandomStream random(7, core::RandomPurpose::generate);
    for (std::size_t i = 0; i < rows; ++i) {
      p.push_back(0.01 + 0.98 * random.uniform());
      y.push_back(random.uniform() < truth(p.back()) ? 1 : 0);
    }
  }
};

double odds(double p) { return p / (1.0 - p); }

TEST(Calibration, IsotonicIsScikitLearns) {
  const auto golden = test::golden_file("steps/steps.json");
  const auto y = golden["y"].get<std::vector<std::uint8_t>>();
  const auto fitted = Calibration::fit(CalibrationMethod::isotonic, y, golden["score"].get<std::vector<double>>());
  auto p = golden["grid"].get<std::vector<double>>();
  fitted.apply(p);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], golden["isotonic"][i].get<double>(), 1e-12) << i;
}

TEST(Calibration, ReliabilityIsScikitLearns) {
  const auto golden = test::golden_file("steps/steps.json");
  const auto y = golden["y"].get<std::vector<std::uint8_t>>();
  const Reliability table = reliability(y, golden["score"].get<std::vector<double>>());
  std::size_t used = 0;
  std::uint64_t rows = 0;
  for (const ReliabilityBin& bin : table.bins) {
    rows += bin.rows;
    if (bin.rows == 0) continue;
    EXPECT_NEAR(bin.observed(), golden["reliability_observed"][used].get<double>(), 1e-12);
    EXPECT_NEAR(bin.mean_probability, golden["reliability_predicted"][used].get<double>(), 1e-12);
    ++used;
  }
  EXPECT_EQ(used, golden["reliability_observed"].size());
  EXPECT_EQ(rows, y.size());
}

TEST(Calibration, ASigmoidFindsTheLineInTheLogOdds) {
  // The truth has half the log-odds, and odds three times as low.
  const Claims claims(20'000, [](double p) {
    const double o = std::sqrt(odds(p)) / 3.0;
    return o / (1.0 + o);
  });
  const auto fitted = Calibration::fit(CalibrationMethod::sigmoid, claims.y, claims.p);
  EXPECT_NEAR(fitted.slope(), 0.5, 0.03);
  EXPECT_NEAR(fitted.intercept(), -std::log(3.0), 0.06);
}

/// At the minimum the derivative by both numbers is 0, from the definition.
TEST(Calibration, TheSigmoidIsAtTheMinimum) {
  const Claims claims(500, [](double p) { return p * p; });
  const auto fitted = Calibration::fit(CalibrationMethod::sigmoid, claims.y, claims.p);
  const auto positives = static_cast<double>(std::ranges::count(claims.y, 1));
  const double negatives = 500.0 - positives;
  double by_slope = 0.0, by_intercept = 0.0;
  for (std::size_t i = 0; i < 500; ++i) {
    const double x = std::log(odds(claims.p[i]));
    const double target = claims.y[i] == 1 ? (positives + 1.0) / (positives + 2.0) : 1.0 / (negatives + 2.0);
    const double error = 1.0 / (1.0 + std::exp(-fitted.slope() * x - fitted.intercept())) - target;
    by_slope += error * x;
    by_intercept += error;
  }
  EXPECT_NEAR(by_slope, 0.0, 1e-3);
  EXPECT_NEAR(by_intercept, 0.0, 1e-3);
}

TEST(Calibration, LowersTheLossOfClaimsThatAreWrong) {
  const Claims claims(4000, [](double p) { return 0.1 + 0.3 * p; });
  for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
    auto p = claims.p;
    Calibration::fit(method, claims.y, claims.p).apply(p);
    EXPECT_LT(brier_score(claims.y, p), brier_score(claims.y, claims.p) - 0.02) << name_of(method);
    EXPECT_LT(reliability(claims.y, p).error, 0.03) << name_of(method);
    EXPECT_GT(reliability(claims.y, claims.p).error, 0.2);
  }
}

TEST(Calibration, CertaintiesStayNumbers) {
  const std::vector<std::uint8_t> y{0, 0, 1, 1, 0, 1};
  const std::vector<double> claimed{0.0, 0.0, 1.0, 1.0, 0.5, 0.5};
  for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
    std::vector<double> p{0.0, 1e-300, 0.5, 1.0};
    Calibration::fit(method, y, claimed).apply(p);
    for (const double value : p) EXPECT_TRUE(value >= 0.0 && value <= 1.0) << value;
    EXPECT_LE(p[0], p[2]);
    EXPECT_LE(p[2], p[3]);
  }
}

TEST(Calibration, OneClaimForAllIsTheBaseRate) {
  const std::vector<std::uint8_t> y{0, 0, 0, 1};
  for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
    std::vector<double> p{0.7};
    Calibration::fit(method, y, std::vector<double>(4, 0.7)).apply(p);
    EXPECT_NEAR(p[0], method == CalibrationMethod::isotonic ? 0.25 : (0.2 * 3 + 2.0 / 3.0) / 4.0, 1e-6);
  }
}

TEST(Calibration, RefusesWhatItCannotLearnFrom) {
  const std::vector<double> p{0.1, 0.2};
  EXPECT_THAT(
      [&] {
        Calibration::fit(CalibrationMethod::sigmoid, std::vector<std::uint8_t>{1, 1}, p);
      },
      ThrowsMessage<DataError>(HasSubstr("both classes")));
  EXPECT_THROW(Calibration::fit(CalibrationMethod::sigmoid, std::vector<std::uint8_t>{1}, p), DataError);
  EXPECT_THROW(reliability(std::vector<std::uint8_t>{1, 0}, p, 0), ParameterError);
}

TEST(Calibration, ReadsBackAndRefusesCutBytes) {
  const Claims claims(100, [](double p) { return p; });
  for (const auto method : {CalibrationMethod::sigmoid, CalibrationMethod::isotonic}) {
    const auto fitted = Calibration::fit(method, claims.y, claims.p);
    core::ByteWriter out;
    fitted.write(out);
    core::ByteReader in(out.bytes(), "test");
    auto p = claims.p, q = claims.p;
    fitted.apply(p);
    Calibration::read(in).apply(q);
    EXPECT_EQ(p, q);
    for (std::size_t size = 0; size < out.bytes().size(); ++size) {
      core::ByteReader cut(std::string_view(out.bytes()).substr(0, size), "test");
      EXPECT_THROW(Calibration::read(cut), DataError) << size;
    }
  }
}

}  // namespace
}  // namespace cartwheel
