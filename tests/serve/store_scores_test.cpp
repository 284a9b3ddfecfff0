#include <gmock/gmock.h>

#include <array>
#include <cartwheel/read_events.hpp>
#include <cartwheel/scoring_server.hpp>
#include <nlohmann/json.hpp>
#include <thread>
#include <unordered_map>

#include "features/time_order.hpp"
#include "support/event_json.hpp"
#include "support/http_client.hpp"
#include "support/served_shop.hpp"
#include "support/shared_data.hpp"

// Scores of a real shop's sessions, over the network, against predict.
namespace cartwheel {
namespace {

TEST(StoreScores, OfLiveEventsAndWholeSessionsAreThoseOfPredict) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  Account account;
  const std::array files{test::shared_data("store_2016-08_09.csv")};
  const EventLog log = read_events(files, {}, account);
  const SessionTable sessions = build_sessions(log, {}, account);
  const Pipeline pipeline = test::fit_on_first_half(sessions, "V2", "logistic_regression");
  const auto expected = test::predicted(pipeline, sessions);
  const test::TemporaryFolder folder;
  save_pipeline(pipeline, folder / "model.cwm");
  ScoringService service(folder / "model.cwm");
  ServerOptions options;
  options.port = 0;
  ScoringServer server(service, options);
  std::jthread thread([&] { server.run(); });

  constexpr std::size_t batch = 500, wanted = 5'000;
  std::size_t scored = 0, different = 0;
  std::unordered_map<std::string, std::vector<test::OwnedEvent>> so_far;
  const features::TimeOrder order(log);
  {
    test::HttpClient client(server.port());
    for (std::size_t at = 0; at < order.size() && scored < wanted; at += batch) {
      std::vector<test::OwnedEvent> events;
      for (std::size_t i = at; i < std::min(at + batch, order.size()); ++i) {
        const Event e = log.event(order[i]);
        events.push_back({e.time, e.type, std::string(log.products()[e.product]),
                          std::string(log.category_ids()[e.category_id]),
                          std::string(log.category_codes()[e.category_code]), std::string(log.brands()[e.brand]),
                          std::string(log.users()[e.user]), std::string(log.sessions()[e.session]), e.price});
        so_far[events.back().session].push_back(events.back());
      }
      const test::HttpAnswer answer = client.post("/v1/events", test::events_json(events));
      ASSERT_EQ(answer.status, 200) << answer.body;
      const auto results = nlohmann::json::parse(answer.body);
      for (const auto& result : results.at("results")) {
        if (result.at("status") != "scored") continue;
        const auto session = result.at("user_session").get<std::string>();
        ++scored;
        different += result.at("probability").get<double>() != expected.at(session) ? 1 : 0;
        const test::HttpAnswer whole = client.post("/v1/score", test::session_json(so_far[session]));
        ASSERT_EQ(whole.status, 200) << whole.body;
        different += nlohmann::json::parse(whole.body).at("probability").get<double>() != expected.at(session) ? 1 : 0;
      }
    }
  }
  server.stop();
  EXPECT_GE(scored, wanted);
  EXPECT_EQ(different, 0u);
}

}  // namespace
}  // namespace cartwheel
