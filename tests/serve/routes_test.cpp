#include "serve/routes.hpp"

#include <gmock/gmock.h>

#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>

#include "support/event_json.hpp"
#include "support/served_shop.hpp"

namespace cartwheel::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class RoutesTest : public ::testing::Test {
 protected:
  static const test::ServedShop& shop() {
    static const test::ServedShop made;
    return made;
  }
  RoutesOptions options() {
    RoutesOptions given;
    given.log = [this](std::string_view line) { log_ += std::string(line) + "\n"; };
    return given;
  }
  static Answer ask(Routes& routes, std::string_view method, std::string_view target, std::string_view body = "",
                    std::string_view authorization = "", std::string_view content_type = "application/json") {
    return routes.answer({method, target, body, content_type, authorization, "192.0.2.1"}, 0);
  }
  /// The events of the first session that `predict` scores.
  static std::vector<test::OwnedEvent> session() {
    std::vector<test::OwnedEvent> events;
    const std::string name = shop().sessions.session_name(0);
    for (const test::OwnedEvent& event : shop().events)
      if (event.session == name) events.push_back(event);
    return events;
  }

  ScoringService service_{shop().file};
  ServerMetrics metrics_;
  std::string log_;
};

TEST_F(RoutesTest, ScoresASession) {
  Routes routes(service_, metrics_, options());
  const Answer answer = ask(routes, "POST", "/v1/score", test::session_json(session()));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json json = Json::parse(answer.body);
  EXPECT_EQ(json.at("user_session"), shop().sessions.session_name(0));
  EXPECT_EQ(json.at("threshold"), 0.25);
  EXPECT_EQ(json.at("decision"), json.at("probability").get<double>() >= 0.25);
  EXPECT_EQ(json.at("events"), 3);
  EXPECT_FALSE(json.contains("contributions"));
  EXPECT_EQ(log_, "");
}

TEST_F(RoutesTest, ExplainsAScoreWhereThatIsAskedFor) {
  Routes routes(service_, metrics_, options());
  std::string body = test::session_json(session());
  body.insert(1, "\"contributions\": true, ");
  const Json json = Json::parse(ask(routes, "POST", "/v1/score", body).body);
  double sum = json.at("base");
  for (const Json& c : json.at("contributions")) sum += c.at("points").get<double>();
  EXPECT_NEAR(sum, json.at("probability").get<double>(), 1e-12);
}

TEST_F(RoutesTest, AnswersEachLiveEventInOrder) {
  Routes routes(service_, metrics_, options());
  const auto events = session();
  const Json json = Json::parse(ask(routes, "POST", "/v1/events", test::events_json(events)).body);
  const Json& results = json.at("results");
  ASSERT_EQ(results.size(), events.size());
  EXPECT_EQ(results[0].at("status"), "waiting");
  EXPECT_EQ(results[2].at("status"), "scored");
  EXPECT_EQ(results[2].at("user_session"), events[0].session);
  const Json score = Json::parse(ask(routes, "POST", "/v1/score", test::session_json(events)).body);
  EXPECT_EQ(results[2].at("probability"), score.at("probability"));
}

TEST_F(RoutesTest, ABatchWithOneBadEventChangesNothing) {
  Routes routes(service_, metrics_, options());
  std::string body = test::events_json(session());
  body.insert(body.size() - 2, R"(,{"event_type":"view"})");
  const Answer answer = ask(routes, "POST", "/v1/events", body);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("event_time\",\"reason\":\"is needed"));
  EXPECT_EQ(service_.counts().live_events, 0u);
  EXPECT_THAT(log_, HasSubstr("400 POST /v1/events from 192.0.2.1: events["));
}

TEST_F(RoutesTest, SaysWhyASessionHasNoScore) {
  Routes routes(service_, metrics_, options());
  const auto events = session();
  const Answer answer = ask(routes, "POST", "/v1/score", test::session_json(std::span(events).first(2)));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr("are 2 so far; the model looks at the first 3"));
}

TEST_F(RoutesTest, TellsWhatIsServedAndHowItDoes) {
  Routes routes(service_, metrics_, options());
  const Json model = Json::parse(ask(routes, "GET", "/v1/model").body);
  EXPECT_EQ(model.at("model"), "logistic_regression");
  EXPECT_EQ(model.at("extractor"), "V2");
  EXPECT_EQ(model.at("session").at("size"), 3);
  EXPECT_EQ(model.at("hash"), service_.model_hash());
  EXPECT_EQ(ask(routes, "GET", "/healthz").body, "{\"status\":\"ok\"}\n");
  ask(routes, "GET", "/nowhere");
  const std::string metrics = ask(routes, "GET", "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("cartwheel_requests_total{route=\"model\",status=\"200\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("cartwheel_requests_total{route=\"none\",status=\"404\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("# TYPE cartwheel_score_seconds histogram\n"));
  EXPECT_THAT(metrics, HasSubstr("cartwheel_models_loaded_total 1\n"));
}

TEST_F(RoutesTest, RefusesOtherMethodsTypesAndPaths) {
  Routes routes(service_, metrics_, options());
  EXPECT_EQ(ask(routes, "GET", "/v1/score").status, 405);
  EXPECT_EQ(ask(routes, "GET", "/v1/score").more_headers, "Allow: POST\r\n");
  EXPECT_EQ(ask(routes, "DELETE", "/v1/model").status, 405);
  EXPECT_EQ(ask(routes, "HEAD", "/v1/model").status, 200);
  EXPECT_EQ(ask(routes, "POST", "/v1/score", "{}", "", "text/plain").status, 415);
  EXPECT_EQ(ask(routes, "POST", "/v1/score", "{}", "", "application/JSON ; charset=utf-8").status, 400);
  EXPECT_EQ(ask(routes, "GET", "/../../etc/passwd").status, 404);
}

TEST_F(RoutesTest, AsksForTheToken) {
  RoutesOptions given = options();
  given.token = "s3cret";
  Routes routes(service_, metrics_, given);
  EXPECT_EQ(ask(routes, "GET", "/healthz").status, 200);
  EXPECT_EQ(ask(routes, "GET", "/v1/model", "", "Bearer s3cret").status, 200);
  for (const std::string_view wrong : {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret2", "Basic s3cret",
                                       "Bearer S3cret", "Bearer s3crets3cret"}) {
    const Answer answer = ask(routes, "GET", "/v1/model", "", wrong);
    EXPECT_EQ(answer.status, 401) << wrong;
    EXPECT_EQ(answer.more_headers, "WWW-Authenticate: Bearer\r\n");
  }
  EXPECT_THAT(log_, Not(HasSubstr("s3cre")));
}

TEST_F(RoutesTest, LimitsHowOftenAClientAsks) {
  RoutesOptions given = options();
  given.requests_a_second = 2;
  Routes routes(service_, metrics_, given);
  const auto status = [&](std::string_view client, std::int64_t now) {
    return routes.answer({"GET", "/v1/model", "", "", "", client}, now).status;
  };
  EXPECT_EQ(status("a", 0), 200);
  EXPECT_EQ(status("a", 0), 200);
  EXPECT_EQ(status("a", 0), 429);
  EXPECT_EQ(status("b", 0), 200);
  EXPECT_EQ(status("a", 400'000), 429);
  EXPECT_EQ(status("a", 600'000), 200);
}

TEST_F(RoutesTest, ShowsTheReportWhereThereIsOne) {
  Routes without(service_, metrics_, options());
  EXPECT_THAT(ask(without, "GET", "/").body, HasSubstr("without a report"));
  const test::TemporaryFolder folder;
  RoutesOptions given = options();
  given.report = folder.path();
  Routes routes(service_, metrics_, given);
  EXPECT_EQ(ask(routes, "GET", "/").status, 404);
  folder.write("report.html", "<html>ours</html>");
  const Answer answer = ask(routes, "GET", "/?from=mail");
  EXPECT_EQ(answer.body, "<html>ours</html>");
  EXPECT_THAT(std::string(answer.content_type), HasSubstr("text/html"));
}

TEST_F(RoutesTest, LogsIdsHashedUnlessTheyAreWanted) {
  RoutesOptions given = options();
  given.log_requests = true;
  given.id_key = 17;
  const std::string body = test::session_json(session()), id = session()[0].session;
  Routes hashed(service_, metrics_, given);
  ask(hashed, "POST", "/v1/score", body);
  EXPECT_THAT(log_, Not(HasSubstr(id)));
  EXPECT_THAT(log_, HasSubstr("200 POST /v1/score from 192.0.2.1: session " + hashed_id(id, 17)));
  given.show_ids = true;
  Routes shown(service_, metrics_, given);
  ask(shown, "POST", "/v1/score", body);
  EXPECT_THAT(log_, HasSubstr("session " + id));
}

TEST_F(RoutesTest, AFloodOfLogLinesIsCutAndCounted) {
  Routes routes(service_, metrics_, options());
  for (int i = 0; i < 500; ++i) ask(routes, "GET", "/nowhere\n500 forged line");
  EXPECT_EQ(std::ranges::count(log_, '\n'), 100);
  EXPECT_EQ(metrics_.log_lines_left_out.load(), 400u);
}

}  // namespace
}  // namespace cartwheel::serve
