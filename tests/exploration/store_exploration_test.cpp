#include <gtest/gtest.h>

#include <cartwheel/exploration.hpp>
#include <cartwheel/read_events.hpp>
#include <map>

#include "core/time.hpp"
#include "support/golden_file.hpp"
#include "support/shared_data.hpp"

namespace cartwheel {
namespace {

using nlohmann::json;

/// Everything that `eda` says of the shared store data, against pandas and scikit-learn.
class StoreExploration : public ::testing::Test {
 protected:
  static Exploration explored(Label label) {
    const std::array files{test::shared_data("store_2016-08_09.csv")};
    Account account;
    ExploreOptions options;
    options.sessions.label = label;
    options.min_views = 10;
    return explore(read_events(files, {}, account), options, account);
  }
  static void SetUpTestSuite() {
    if (!std::filesystem::exists(test::shared_data_dir())) return;
    golden_ = test::golden_file("exploration/store_2016-08_09.json");
    future_ = explored(Label::future);
  }
  void SetUp() override { CARTWHEEL_NEEDS_SHARED_DATA(); }

  inline static json golden_;
  inline static Exploration future_;
};

TEST_F(StoreExploration, CountsEventsAndWhatIsMissing) {
  const json& distinct = golden_["distinct"];
  EXPECT_EQ(future_.events, 141'579u);
  EXPECT_EQ(future_.sessions, distinct["user_session"]);
  EXPECT_EQ(future_.users, distinct["user_id"]);
  EXPECT_EQ(future_.products, distinct["product_id"]);
  EXPECT_EQ(future_.category_ids, distinct["category_id"]);
  EXPECT_EQ(future_.category_codes, distinct["category_code"]);
  EXPECT_EQ(future_.brands, distinct["brand"]);
  EXPECT_EQ(core::format_time(future_.first_time), golden_["first"]);
  EXPECT_EQ(core::format_time(future_.last_time), golden_["last"]);
  for (std::size_t type = 0; type < future_.types.size(); ++type)
    EXPECT_EQ(future_.types[type], golden_["types"].value(name_of(static_cast<EventType>(type)), 0u));
  EXPECT_EQ(future_.missing.size(), golden_["missing"].size());
  for (const MissingCount& column : future_.missing) EXPECT_EQ(column.events, golden_["missing"][column.column]);
}

TEST_F(StoreExploration, BalancesLabels) {
  for (const LabelBalance& balance : future_.labels) {
    const json& expected = golden_["labels"][std::string(name_of(balance.label))];
    SCOPED_TRACE(name_of(balance.label));
    EXPECT_EQ(balance.too_short, golden_["labels"]["too_short"]);
    EXPECT_EQ(balance.sessions, expected[0]);
    EXPECT_EQ(balance.incomplete, expected[1]);
    EXPECT_EQ(balance.positives, expected[2]);
  }
  EXPECT_EQ(future_.labels[0].target_in_window, golden_["labels"]["target_in_window"]);
}

TEST_F(StoreExploration, MakesRatioTables) {
  ASSERT_EQ(future_.ratios.size(), golden_["ratios"].size());
  for (const RatioTable& table : future_.ratios) {
    SCOPED_TRACE(table.name);
    const json& expected = golden_["ratios"][table.name];
    EXPECT_EQ(table.rows.size(), expected["kept"]);
    EXPECT_EQ(table.left_out, expected["left_out"]);
    std::uint64_t carts = 0;
    for (const RatioRow& row : table.rows) carts += row.cart_count;
    EXPECT_EQ(carts, expected["carts"]);
    for (std::size_t r = 0; r < expected["top"].size(); ++r) {
      const json& top = expected["top"][r];
      const RatioRow& row = table.rows.at(r);
      EXPECT_TRUE(top[0].is_null() || row.name == top[0]) << row.name;
      EXPECT_EQ(row.view_count, top[1]);
      EXPECT_EQ(row.cart_count, top[2]);
      EXPECT_EQ(row.purchase_count, top[3]);
      EXPECT_DOUBLE_EQ(row.cart_ratio().value(), top[4]);
      ASSERT_EQ(row.interval().has_value(), !top[5].is_null());
      if (!row.interval()) continue;
      EXPECT_NEAR(row.interval()->at(0), top[5], 1e-14);
      EXPECT_NEAR(row.interval()->at(1), top[6], 1e-14);
    }
  }
}

json figures_of(const std::string& name, const Season& season) {
  return {name, season.event_count(), season.sessions, season.labelled, season.positives};
}

TEST_F(StoreExploration, FindsSeasons) {
  json days, weekdays, hours;
  for (std::size_t d = 0; d < future_.days.size(); ++d) {
    const std::int64_t day = future_.first_day + static_cast<std::int64_t>(d) * core::microseconds_per_day;
    days.push_back(figures_of(core::format_date(day), future_.days[d]));
  }
  for (std::size_t d = 0; d < 7; ++d) weekdays.push_back(figures_of(std::to_string(d), future_.weekdays[d]));
  for (std::size_t h = 0; h < 24; ++h) hours.push_back(figures_of(std::to_string(h), future_.hours[h]));
  EXPECT_EQ(days, golden_["seasons"]["day"]);
  EXPECT_EQ(weekdays, golden_["seasons"]["weekday"]);
  EXPECT_EQ(hours, golden_["seasons"]["hour"]);
}

void expect_distribution(const Distribution& actual, const json& expected) {
  EXPECT_EQ(actual.count, expected["count"]);
  EXPECT_DOUBLE_EQ(actual.mean, expected["mean"]);
  EXPECT_EQ(json(actual.quantiles), expected["quantiles"]);
}

TEST_F(StoreExploration, MeasuresSessions) {
  EXPECT_EQ(future_.sessions, golden_["sessions"]);
  EXPECT_EQ(future_.targets, golden_["targets"]);
  EXPECT_EQ(future_.target_sessions, golden_["target_sessions"]);
  json sizes;
  for (const SizeRow& row : future_.sizes)
    sizes.push_back({row.size, row.sessions, row.sessions_reached, row.targets_reached, row.first_targets_reached});
  EXPECT_EQ(sizes, golden_["sizes"]);
  expect_distribution(future_.events_per_session, golden_["events_per_session"]);
  expect_distribution(future_.duration, golden_["duration"]);
  expect_distribution(future_.gap, golden_["gap"]);
}

TEST_F(StoreExploration, CountsAnomalies) {
  const json& expected = golden_["anomalies"];
  EXPECT_EQ(future_.anomalies.negative_prices, expected["negative_price"]);
  EXPECT_EQ(future_.anomalies.zero_prices, expected["zero_price"]);
  EXPECT_EQ(future_.anomalies.several_users, expected["several_users"]);
  EXPECT_EQ(future_.anomalies.over_a_day, expected["over_a_day"]);
  EXPECT_EQ(future_.anomalies.exact_repeats, expected["exact_repeats"]);
  EXPECT_EQ(future_.anomalies.out_of_order, expected["out_of_order"]);
}

void expect_features(const Exploration& explored, const json& expected) {
  EXPECT_NEAR(explored.label_entropy, expected["label_entropy"], 1e-14);
  ASSERT_EQ(explored.features.size() + 1, expected.size());
  for (const FeatureAssociation& feature : explored.features) {
    SCOPED_TRACE(feature.feature);
    const json& figures = expected[feature.feature];
    EXPECT_EQ(feature.missing, 0u);
    ASSERT_EQ(feature.pearson.has_value(), !figures[0].is_null());
    EXPECT_NEAR(feature.pearson.value_or(0.0), figures[0].is_null() ? 0.0 : figures[0].get<double>(), 1e-7);
    EXPECT_NEAR(feature.mutual_information, figures[1], 1e-12);
  }
}

TEST_F(StoreExploration, SetsFeaturesAgainstTheLabel) {
  expect_features(future_, golden_["features"]["future"]);
  expect_features(explored(Label::window), golden_["features"]["window"]);
}

}  // namespace
}  // namespace cartwheel
