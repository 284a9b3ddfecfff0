#include <gtest/gtest.h>

#include "serve/routes.hpp"
#include "support/served_shop.hpp"

// The examples of docs/server.md are answered as it says.
namespace cartwheel::serve {
namespace {

TEST(ServerPage, ItsRequestsAreAnswered) {
  const std::string page = test::read_file(CARTWHEEL_SERVER_PAGE);
  const test::ServedShop shop;
  ScoringService service(shop.file);
  ServerMetrics metrics;
  Routes routes(service, metrics, {});
  const std::string_view command = "curl http://localhost:8080", begin = "-d '";
  int examples = 0;
  for (std::size_t at = page.find(command); at != std::string::npos; at = page.find(command, at)) {
    at += command.size();
    const std::string path = page.substr(at, page.find(' ', at) - at);
    const std::size_t body = page.find(begin, at) + begin.size();
    at = page.find('\'', body);
    const Answer answer =
        routes.answer({"POST", path, std::string_view(page).substr(body, at - body), "application/json", "", ""}, 0);
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    ++examples;
  }
  EXPECT_EQ(examples, 2);
}

}  // namespace
}  // namespace cartwheel::serve
