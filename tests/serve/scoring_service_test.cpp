#include <gmock/gmock.h>

#include <atomic>
#include <cartwheel/error.hpp>
#include <cartwheel/scoring_service.hpp>
#include <map>
#include <thread>

#include "support/served_shop.hpp"

namespace cartwheel {
namespace {

using test::fields_of;
using test::OwnedEvent;
using test::ServedShop;
using Status = LiveAnswer::Status;

struct Kind {
  const char* extractor;
  const char* model;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.extractor << " " << kind.model; }

class EveryModel : public ::testing::TestWithParam<Kind> {};

TEST_P(EveryModel, LiveEventsAndWholeSessionsGetThePredictedBits) {
  const ServedShop shop(GetParam().extractor, GetParam().model);
  const auto expected = test::predicted(shop.pipeline, shop.sessions);
  ScoringService service(shop.file);
  std::map<std::string, std::vector<OwnedEvent>> so_far;
  std::size_t scored = 0, left_out = 0;
  for (const OwnedEvent& event : shop.events) {
    const LiveAnswer answer = service.add(fields_of(event));
    std::vector<OwnedEvent>& session = so_far[event.session];
    session.push_back(event);
    if (answer.status == Status::left_out) ++left_out;
    if (answer.status != Status::scored) continue;
    ++scored;
    ASSERT_EQ(answer.score.probability, expected.at(event.session)) << event.session;
    ASSERT_EQ(answer.score.decision, answer.score.probability >= 0.25);
    std::vector<EventFields> whole;
    for (const OwnedEvent& of_session : session) whole.push_back(fields_of(of_session));
    const SessionScore score = service.score(session.front().user, event.session, whole);
    ASSERT_EQ(score.probability, answer.score.probability) << event.session;
  }
  EXPECT_EQ(scored, shop.sessions.size());
  const ScoringCounts counts = service.counts();
  EXPECT_EQ(counts.live_events, shop.events.size());
  EXPECT_EQ(counts.scores, 2 * scored);
  EXPECT_EQ(counts.left_out, left_out);
  EXPECT_EQ(counts.out_of_order, 0u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryModel,
                         ::testing::Values(Kind{"V1", "bernoulli_nb"}, Kind{"V1", "logistic_regression"},
                                           Kind{"V1", "random_forest"}, Kind{"V2", "bernoulli_nb"},
                                           Kind{"V2", "logistic_regression"}, Kind{"V2", "decision_tree"},
                                           Kind{"V2", "random_forest"}),
                         [](const auto& of) { return std::string(of.param.extractor) + "_" + of.param.model; });

class ScoringServiceTest : public ::testing::Test {
 protected:
  static EventFields event(std::string_view session, std::int64_t second, EventType type = EventType::view) {
    EventFields fields{.time = begin + second * 1'000'000, .type = type};
    fields.product = "product1";
    fields.user = "user1";
    fields.session = session;
    return fields;
  }
  ScoringOptions options() {
    ScoringOptions given;
    given.now = [this] { return now_; };
    return given;
  }

  static constexpr std::int64_t begin = 1'480'000'000'000'000;
  static const ServedShop& shop() {
    static const ServedShop made;
    return made;
  }
  std::int64_t now_ = 0;
};

TEST_F(ScoringServiceTest, TheOrderOfASessionsEventsDoesNotMatter) {
  ScoringService service(shop().file);
  const std::vector<EventFields> in_order{event("s", 0), event("s", 10), event("s", 90)};
  const std::vector<EventFields> mixed{in_order[2], in_order[0], in_order[1]};
  EXPECT_EQ(service.score("user1", "", in_order).probability, service.score("user1", "", mixed).probability);
}

TEST_F(ScoringServiceTest, ContributionsAddUpToTheProbability) {
  ScoringService service(shop().file);
  const SessionScore score =
      service.score("user1", "", std::vector<EventFields>{event("s", 0), event("s", 10), event("s", 90)}, true);
  double sum = score.base;
  for (const FeatureContribution& c : score.contributions) sum += c.points;
  EXPECT_GT(score.contributions.size(), 5u);
  EXPECT_NEAR(sum, score.probability, 1e-12);
}

TEST_F(ScoringServiceTest, SaysWhyASessionHasNoScore) {
  ScoringService service(shop().file);
  EXPECT_EQ(service.score("", "", std::vector<EventFields>{event("s", 0)}).left_out, LeftOut::too_short);
  EXPECT_EQ(service.add(event("s", 0)).status, Status::waiting);
  EXPECT_EQ(service.add(event("s", 1, EventType::cart)).status, Status::waiting);
  const LiveAnswer answer = service.add(event("s", 2));
  EXPECT_EQ(answer.status, Status::left_out);
  EXPECT_EQ(answer.score.left_out, LeftOut::target_in_window);
  EXPECT_EQ(service.add(event("s", 3)).status, Status::after_window);
  EventFields nobody = event("", 4);
  nobody.user = "";
  EXPECT_EQ(service.add(nobody).status, Status::no_session);
  EXPECT_EQ(service.counts().left_out, 2u);
  EXPECT_EQ(service.counts().without_session, 1u);
}

TEST_F(ScoringServiceTest, EventsOutOfOrderAreTakenAndCounted) {
  ScoringService service(shop().file), other(shop().file);
  EXPECT_EQ(service.add(event("s", 60)).status, Status::waiting);
  EXPECT_EQ(service.add(event("s", 0)).status, Status::waiting);
  const LiveAnswer answer = service.add(event("s", 30));
  ASSERT_EQ(answer.status, Status::scored);
  EXPECT_EQ(service.counts().out_of_order, 2u);
  const SessionScore score =
      other.score("user1", "", std::vector<EventFields>{event("s", 0), event("s", 30), event("s", 60)});
  EXPECT_EQ(answer.score.probability, score.probability);
}

TEST_F(ScoringServiceTest, WithoutSessionsAPauseOfTheUserEndsOne) {
  ScoringService service(shop().file);
  EXPECT_EQ(service.add(event("", 0)).status, Status::waiting);
  EXPECT_EQ(service.add(event("", 1800)).events, 2u);
  EXPECT_EQ(service.add(event("", 3601)).events, 1u);
}

TEST_F(ScoringServiceTest, SessionsTimeOutAndMakeRoom) {
  ScoringOptions given = options();
  given.live_sessions = 2;
  given.session_timeout = 1000;
  ScoringService service(shop().file, given);
  service.add(event("a", 0));
  service.add(event("b", 0));
  service.add(event("a", 1));
  service.add(event("c", 0));  // b waited longest
  EXPECT_EQ(service.counts().evicted, 1u);
  EXPECT_EQ(service.counts().live_sessions, 2u);
  EXPECT_EQ(service.add(event("a", 2)).status, Status::scored);
  now_ = 1001;
  EXPECT_EQ(service.add(event("d", 0)).events, 1u);
  EXPECT_EQ(service.counts().timed_out, 2u);
  EXPECT_EQ(service.counts().live_sessions, 1u);
}

TEST_F(ScoringServiceTest, MemoryIsBounded) {
  ScoringOptions given = options();
  given.live_bytes = 1 << 20;
  ScoringService service(shop().file, given);
  const std::string brand(1000, 'b');
  for (int i = 0; i < 5000; ++i) {
    const std::string session = "session" + std::to_string(i);
    EventFields large = event(session, i);
    large.brand = brand;
    service.add(large);
  }
  EXPECT_LE(service.counts().live_bytes, given.live_bytes);
  EXPECT_EQ(service.counts().live_sessions + service.counts().evicted, 5000u);
}

TEST_F(ScoringServiceTest, RefusesWhatNoLogCouldHold) {
  ScoringService service(shop().file);
  const std::string text(ScoringService::longest_text + 1, 'x');
  EXPECT_THROW(service.add(event(text, 0)), DataError);
  EventFields dear = event("s", 0);
  dear.price = largest_price + 1;
  EXPECT_THROW(service.add(dear), DataError);
  EXPECT_EQ(service.counts().live_events, 0u);
}

TEST_F(ScoringServiceTest, TakesOverANewModelAndKeepsTheOldOneFromABrokenFile) {
  const ServedShop own;
  ScoringService service(own.file);
  const std::string first = service.model_hash();
  EXPECT_FALSE(service.reload());
  service.add(event("s", 0));

  own.folder.write("model.cwm", "no model");
  EXPECT_THROW(service.reload(), DataError);
  EXPECT_FALSE(service.reload());  // not tried again until it changes
  EXPECT_EQ(service.model_hash(), first);
  std::filesystem::remove(own.file);
  EXPECT_THROW(service.reload(), DataError);
  EXPECT_FALSE(service.reload());
  EXPECT_EQ(service.counts().models_refused, 2u);

  const std::uint64_t users = service.counts().history_users;
  EventFields stranger = event("t", 0);
  stranger.user = "nobody knows this user";
  service.add(stranger);
  Pipeline other = own.pipeline;
  other.threshold = 0.75;
  save_pipeline(other, own.file);
  EXPECT_TRUE(service.reload());
  EXPECT_EQ(service.model()->threshold, 0.75);
  EXPECT_NE(service.model_hash(), first);
  EXPECT_EQ(service.counts().models_loaded, 2u);
  EXPECT_EQ(service.counts().history_users, users + 1);  // what was seen meanwhile stays known
  EXPECT_EQ(service.add(event("s", 1)).events, 2u);      // and so do live sessions
}

TEST_F(ScoringServiceTest, ATablesModelCannotBeServed) {
  const ServedShop own;
  Pipeline table = own.pipeline;
  table.extractor = nullptr;
  save_pipeline(table, own.file);
  EXPECT_THAT([&] { ScoringService service(own.file); },
              ::testing::ThrowsMessage<DataError>(::testing::HasSubstr("cannot be served")));
}

TEST(ScoringServiceThreads, ScoresAndReloadsAtTheSameTime) {
  const ServedShop shop("V2", "logistic_regression");
  const auto expected = test::predicted(shop.pipeline, shop.sessions);
  ScoringService service(shop.file);
  std::atomic<std::size_t> wrong{0}, scored{0};
  std::atomic<bool> done{false};
  const auto feed = [&](std::size_t part) {
    for (const OwnedEvent& event : shop.events) {
      if (std::hash<std::string>{}(event.session) % 2 != part) continue;
      if (service.add(fields_of(event)).status == Status::scored) ++scored;
    }
  };
  const auto ask = [&] {
    const std::vector<EventFields> events{fields_of(shop.events[0]), fields_of(shop.events[1]),
                                          fields_of(shop.events[2])};
    const double first = service.score("", "", events).probability;
    for (int i = 0; i < 200; ++i) wrong += service.score("", "", events).probability != first ? 1 : 0;
  };
  {
    std::jthread reloader([&] {
      while (!done) {
        save_pipeline(shop.pipeline, shop.file);
        service.reload();
        static_cast<void>(service.counts());
      }
    });
    { const std::jthread a(feed, 0), b(feed, 1), c(ask); }
    done = true;
  }
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(scored, shop.sessions.size());
}

}  // namespace
}  // namespace cartwheel
