#include "features/prior_smoothing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "support/perturbations.hpp"
#include "support/shop_log.hpp"

namespace cartwheel::features {
namespace {

std::vector<double> smoothing_of(const std::vector<test::OwnedEvent>& events, std::int64_t train_end,
                                 std::size_t judged_events) {
  const EventLog log = test::make_log(events);
  const PriorKeys keys(log, {{"product", KeyPart::product}, {"brand", KeyPart::brand}}, category_levels);
  return fit_smoothing(log, {}, keys, TimeOrder(log), train_end, 0.0, judged_events);
}

TEST(PriorSmoothing, WhatComesLaterDoesNotDecideWhoIsJudged) {
  test::ShopShape shape;
  shape.sessions = 1500;
  const std::vector<test::OwnedEvent> events = test::shop_events(5, shape);
  const std::int64_t train_end = shape.begin + 15 * core::microseconds_per_day;
  std::vector<test::OwnedEvent> known;
  std::ranges::copy_if(events, std::back_inserter(known), [&](const auto& event) { return event.time <= train_end; });
  // So small that only some are judged, and at every size of the known part.
  for (const std::size_t judged : {known.size() / 7, known.size() / 2, known.size() - 1, known.size() + 1}) {
    EXPECT_EQ(smoothing_of(events, train_end, judged), smoothing_of(known, train_end, judged)) << judged;
    std::vector<test::OwnedEvent> much_later = events;
    for (int copies = 0; copies < 3; ++copies)
      for (test::OwnedEvent event : events) {
        event.time += 100 * core::microseconds_per_day;
        much_later.push_back(event);
      }
    EXPECT_EQ(smoothing_of(much_later, train_end, judged), smoothing_of(known, train_end, judged)) << judged;
  }
}

/// Products that all sell alike tell nothing: the more smoothing the better. Products that sell always or never speak
/// for themselves after a few events.
TEST(PriorSmoothing, IsStrongWhereKeysAreAlikeAndWeakWhereTheyDiffer) {
  const auto log_where = [](bool alike) {
    core::RandomStream random(1, core::RandomPurpose::generate);
    std::vector<test::OwnedEvent> events(4000);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const std::uint32_t product = random.below(40);
      const double rate = alike ? 0.3 : product % 2 == 0 ? 0.02 : 0.9;
      events[i].time = static_cast<std::int64_t>(i);
      events[i].session = "session" + std::to_string(i);
      events[i].product = "product" + std::to_string(product);
      events[i].type = random.uniform() < rate ? EventType::cart : EventType::view;
    }
    return events;
  };
  EXPECT_GE(smoothing_of(log_where(true), 4000, 100'000)[0], 200.0);
  EXPECT_LE(smoothing_of(log_where(false), 4000, 100'000)[0], 2.0);
}

/// A session that looks ten times at one product and then buys it tells nothing of other sessions.
TEST(PriorSmoothing, EventsOfTheOwnSessionTellNothing) {
  core::RandomStream random(2, core::RandomPurpose::generate);
  std::vector<test::OwnedEvent> events;
  for (int session = 0; session < 600; ++session) {
    const bool buys = random.below(2) == 0;
    const std::uint32_t product = random.below(30);
    for (int i = 0; i < 6; ++i) {
      test::OwnedEvent event;
      event.time = static_cast<std::int64_t>(events.size());
      event.session = "session" + std::to_string(session);
      event.product = "product" + std::to_string(product);
      event.type = buys ? EventType::cart : EventType::view;
      events.push_back(event);
    }
  }
  EXPECT_GE(smoothing_of(events, 10'000, 100'000)[0], 20.0);
}

}  // namespace
}  // namespace cartwheel::features
