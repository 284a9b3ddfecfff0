#include <gmock/gmock.h>

#include <atomic>
#include <cartwheel/error.hpp>
#include <cartwheel/scoring_server.hpp>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/event_json.hpp"
#include "support/http_client.hpp"
#include "support/served_shop.hpp"

// Over the loopback, with free ports. Nothing here waits for time to pass: where a deadline is tested, the client waits
// for what the server then does.
namespace cartwheel {
namespace {

using std::chrono::milliseconds;
using test::HttpAnswer;
using test::HttpClient;
using ::testing::HasSubstr;
using Json = nlohmann::json;

/// A server that runs in a thread of its own until it goes out of scope.
class RunningServer {
 public:
  RunningServer(ScoringService& service, ServerOptions options) : server_(service, at_any_port(std::move(options))) {
    thread_ = std::thread([this] { server_.run(); });
  }
  ~RunningServer() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_.port(); }
  void stop() { server_.stop(); }
  void wait() { thread_.join(); }

 private:
  static ServerOptions at_any_port(ServerOptions options) {
    options.port = 0;
    return options;
  }
  ScoringServer server_;
  std::thread thread_;
};

class ScoringServerTest : public ::testing::Test {
 protected:
  static const test::ServedShop& shop() {
    static const test::ServedShop made;
    return made;
  }
  ScoringService service_{shop().file};
};

TEST_F(ScoringServerTest, ScoresAreThoseOfPredict) {
  RunningServer server(service_, {});
  HttpClient client(server.port());
  const auto expected = test::predicted(shop().pipeline, shop().sessions);
  constexpr std::size_t batch = 50;
  std::size_t scored = 0;
  for (std::size_t at = 0; at < shop().events.size(); at += batch) {
    const auto events = std::span(shop().events).subspan(at, std::min(batch, shop().events.size() - at));
    const HttpAnswer answer = client.post("/v1/events", test::events_json(events));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json results = Json::parse(answer.body).at("results");
    for (const Json& result : results) {
      if (result.at("status") != "scored") continue;
      ++scored;
      ASSERT_EQ(result.at("probability").get<double>(), expected.at(result.at("user_session").get<std::string>()));
    }
  }
  EXPECT_EQ(scored, shop().sessions.size());
}

TEST_F(ScoringServerTest, TakesRequestsInAnyPieces) {
  RunningServer server(service_, {});
  HttpClient client(server.port());
  for (const char c : std::string_view("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")) client.send({&c, 1});
  EXPECT_EQ(client.receive().status, 200);
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(client.receive().status, 404);
  client.send(
      "POST /v1/score HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
  EXPECT_THAT(client.receive().body, HasSubstr("\"field\":\"events\",\"reason\":\"is needed\""));
  const HttpAnswer head = (client.send("HEAD /v1/model HTTP/1.0\r\n\r\n"), client.receive());
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ScoringServerTest, InvitesABodyThatWaits) {
  RunningServer server(service_, {});
  HttpClient client(server.port());
  client.send(
      "POST /v1/score HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("{}");
  EXPECT_EQ(client.receive().status, 400);
}

TEST_F(ScoringServerTest, RefusesWhatIsTooLargeOrNoHttp) {
  ServerOptions options;
  options.body_bytes = 1000;
  options.header_bytes = 512;
  RunningServer server(service_, options);
  EXPECT_EQ(HttpClient(server.port()).post("/v1/score", std::string(1'000'000, 'x')).status, 413);
  EXPECT_EQ(HttpClient(server.port()).get("/healthz", "X: " + std::string(100'000, 'x') + "\r\n").status, 431);
  HttpClient other(server.port());
  other.send("\x16\x03\x01 this is TLS\r\n\r\n");
  EXPECT_EQ(other.receive().status, 400);
  EXPECT_TRUE(other.is_closed());
  EXPECT_EQ(HttpClient(server.port()).get("/healthz").status, 200);
}

TEST_F(ScoringServerTest, CutsOffWhoeverIsLate) {
  ServerOptions options;
  options.header = options.body = milliseconds(20);
  RunningServer server(service_, options);
  HttpClient slow_header(server.port()), slow_body(server.port());
  slow_header.send("GET /healthz HTTP/1.1\r\nHo");
  slow_body.send("POST /v1/score HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(slow_header.receive().status, 408);
  EXPECT_EQ(slow_body.receive().status, 408);
  EXPECT_TRUE(slow_header.is_closed());
}

TEST_F(ScoringServerTest, LetsIdleConnectionsGo) {
  ServerOptions options;
  options.idle = milliseconds(20);
  RunningServer server(service_, options);
  HttpClient silent(server.port()), client(server.port());
  EXPECT_TRUE(silent.is_closed());
  static_cast<void>(client.get("/healthz"));
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ScoringServerTest, LimitsConnections) {
  ServerOptions options;
  options.connections = 1;
  RunningServer server(service_, options);
  HttpClient first(server.port());
  EXPECT_EQ(first.get("/healthz").status, 200);
  HttpClient second(server.port());
  EXPECT_EQ(second.receive().status, 503);
  EXPECT_TRUE(second.is_closed());
  EXPECT_EQ(first.get("/healthz").status, 200);
}

TEST_F(ScoringServerTest, ManySlowConnectionsDoNotHoldUpOthers) {
  RunningServer server(service_, {});
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<HttpClient>(server.port()));
    slow.back()->send("POST /v1/score HTTP/1.1\r\nContent-Le");
  }
  EXPECT_EQ(HttpClient(server.port()).get("/healthz").status, 200);
}

TEST_F(ScoringServerTest, FinishesRequestsThatHaveBegun) {
  RunningServer server(service_, {});
  HttpClient begun(server.port()), idle(server.port());
  EXPECT_EQ(begun.get("/healthz").status, 200);
  EXPECT_EQ(idle.get("/healthz").status, 200);
  const std::string request = HttpClient::post_text("/v1/score", "{}", "Expect: 100-continue\r\n");
  begun.send(request.substr(0, request.size() - 2));
  EXPECT_EQ(begun.receive().status, 100);  // so that it has begun for the server, too
  server.stop();
  EXPECT_TRUE(idle.is_closed());
  begun.send("{}");
  const HttpAnswer answer = begun.receive();
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.head, HasSubstr("Connection: close"));
  EXPECT_TRUE(begun.is_closed());
  server.wait();
}

TEST_F(ScoringServerTest, StopsInTimeWhateverClientsDo) {
  ServerOptions options;
  options.drain = milliseconds(20);
  RunningServer server(service_, options);
  HttpClient begun(server.port());
  EXPECT_EQ(begun.get("/healthz").status, 200);
  begun.send("POST /v1/score HTTP/1.1\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(begun.receive().status, 100);
  server.stop();
  server.wait();
}

TEST_F(ScoringServerTest, TakesOverANewModelAndKeepsTheOldOneFromABrokenFile) {
  const test::ServedShop own;
  ScoringService service(own.file);
  std::promise<std::string> refused, taken;
  ServerOptions options;
  options.model_check = milliseconds(1);
  options.log = [&](std::string_view line) {
    if (line.find("cannot be served") != std::string_view::npos) refused.set_value(std::string(line));
    if (line.find("now serving") != std::string_view::npos) taken.set_value(std::string(line));
  };
  RunningServer server(service, options);
  HttpClient client(server.port());
  const std::string before = client.get("/v1/model").body;
  own.folder.write("new.cwm", "no model");
  std::filesystem::rename(own.folder / "new.cwm", own.file);
  EXPECT_THAT(refused.get_future().get(), HasSubstr("the old model stays"));
  EXPECT_EQ(client.get("/v1/model").body, before);
  EXPECT_THAT(client.get("/metrics").body, HasSubstr("cartwheel_models_refused_total 1\n"));
  Pipeline other = own.pipeline;
  other.threshold = 0.75;
  save_pipeline(other, own.file);
  const std::string line = taken.get_future().get();
  EXPECT_THAT(line, HasSubstr(service.model_hash()));
  EXPECT_THAT(client.get("/v1/model").body, HasSubstr("\"threshold\":0.75"));
}

TEST_F(ScoringServerTest, OtherMachinesNeedAToken) {
  ServerOptions options;
  options.address = "0.0.0.0";
  options.port = 0;
  EXPECT_THAT([&] { ScoringServer server(service_, options); },
              ::testing::ThrowsMessage<ParameterError>(HasSubstr("give a token")));
  options.token = "s3cret";
  RunningServer server(service_, options);
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/v1/model").status, 401);
  EXPECT_EQ(client.get("/v1/model", "Authorization: Bearer s3cret\r\n").status, 200);
}

TEST_F(ScoringServerTest, APortThatIsTakenIsAnError) {
  RunningServer server(service_, {});
  ServerOptions options;
  options.port = server.port();
  EXPECT_THAT([&] { ScoringServer second(service_, options); },
              ::testing::ThrowsMessage<DataError>(HasSubstr("choose another with --port")));
}

TEST(ScoringServerThreads, AnswerManyClientsWhileTheModelIsReplaced) {
  const test::ServedShop shop;
  ScoringService service(shop.file);
  ServerOptions options;
  options.threads = 3;
  options.model_check = milliseconds(1);
  RunningServer server(service, options);
  const std::string body = test::session_json(std::span(shop.events).first(3));
  std::atomic<int> good{0};
  const auto ask = [&] {
    HttpClient client(server.port());
    for (int i = 0; i < 50; ++i) {
      const int status = client.post("/v1/score", body).status;
      good += status == 200 || status == 422 ? 1 : 0;
    }
  };
  {
    const std::jthread a(ask), b(ask), c(ask), replace([&] {
      for (int i = 0; i < 5; ++i) save_pipeline(shop.pipeline, shop.file);
    });
  }
  EXPECT_EQ(good, 150);
}

}  // namespace
}  // namespace cartwheel
