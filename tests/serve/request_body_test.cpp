#include "serve/request_body.hpp"

#include <gmock/gmock.h>

#include "core/time.hpp"

namespace cartwheel::serve {
namespace {

TEST(RequestBody, ReadsASession) {
  RequestBody body;
  const auto result = read_body(R"({"user_id": 17, "user_session": "a\"b", "contributions": true, "events": [
    {"event_time": "2021-02-28 19:13:22 UTC", "event_type": "view", "product_id": 4804056, "category_id": "12",
     "category_code": "a.b", "brand": null, "price": 12.345},
    {"event_type": "addtocart", "event_time": 1614539602, "price": "1e2"}]})",
                                BodyKind::session, body);
  ASSERT_TRUE(std::holds_alternative<std::monostate>(result)) << std::get<FieldError>(result).reason;
  EXPECT_EQ(body.user, "17");
  EXPECT_EQ(body.session, "a\"b");
  EXPECT_TRUE(body.contributions);
  ASSERT_EQ(body.events.size(), 2u);
  EXPECT_EQ(body.events[0].time, core::parse_time("2021-02-28 19:13:22"));
  EXPECT_EQ(body.events[0].product, "4804056");
  EXPECT_EQ(body.events[0].brand, "");
  EXPECT_EQ(body.events[0].price, 123'450);
  EXPECT_EQ(body.events[1].type, EventType::cart);
  EXPECT_EQ(body.events[1].time, body.events[0].time);
  EXPECT_EQ(body.events[1].price, 1'000'000);
}

struct Bad {
  const char* name;
  std::string json, field, reason;
  BodyKind kind = BodyKind::session;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class BadBody : public ::testing::TestWithParam<Bad> {};

TEST_P(BadBody, IsRefusedByFieldAndReason) {
  RequestBody body;
  const auto result = read_body(GetParam().json, GetParam().kind, body);
  const auto* error = std::get_if<FieldError>(&result);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->field, GetParam().field);
  EXPECT_THAT(error->reason, ::testing::HasSubstr(GetParam().reason));
}

/// A body of one good event and what is given.
std::string with(const std::string& more) {
  return R"({"events": [{"event_time": "2021-02-28", "event_type": "view"}, {"event_time": "2021-02-28", )" + more +
         "}]}";
}

INSTANTIATE_TEST_SUITE_P(
    All, BadBody,
    ::testing::Values(
        Bad{"Empty", "", "", "is not JSON"}, Bad{"Cut", R"({"events": [)", "", "is not JSON, at byte"},
        Bad{"NotUtf8", "{\"user_id\": \"\xff\"}", "", "is not JSON"},
        Bad{"More", R"({"events":[]} x)", "events", "is empty"},
        Bad{"List", "[]", "", "is a list; it must be an object"}, Bad{"Number", "17", "", "it must be an object"},
        Bad{"NoEvents", "{}", "events", "is needed"},
        Bad{"EventsOfNumbers", R"({"events": [1]})", "events[0]", "one event"},
        Bad{"EventsText", R"({"events": "x"})", "events", "is a text; it must be a list"},
        Bad{"EventsObject", R"({"events": {}})", "events", "is an object; it must be a list"},
        Bad{"Unknown", R"({"evnets": []})", "evnets", "did you mean"},
        Bad{"UnknownInEvent", with(R"("event_type": "view", "prize": 1)"), "events[1].prize", "is not known"},
        Bad{"UserInEvent", with(R"("event_type": "view", "user_id": 1)"), "events[1].user_id", "is not known"},
        Bad{"Twice", with(R"("event_type": "view", "event_type": "view")"), "events[1].event_type", "is there twice"},
        Bad{"NoType", with(R"("brand": "x")"), "events[1].event_type", "is needed"},
        Bad{"NullType", with(R"("event_type": null)"), "events[1].event_type", "is null"},
        Bad{"WrongType", with(R"("event_type": "look")"), "events[1].event_type", "is not an event type"},
        Bad{"Time", R"({"events": [{"event_time": "yesterday", "event_type": "view"}]})", "events[0].event_time",
            "is not a time"},
        Bad{"TimeFraction", R"({"events": [{"event_time": 1.5, "event_type": "view"}]})", "events[0].event_time",
            "a number with a fraction"},
        Bad{"TimeTooLate", R"({"events": [{"event_time": 99999999999999999999, "event_type": "view"}]})",
            "events[0].event_time", "it must be"},
        Bad{"Price", with(R"("event_type": "view", "price": "12,50")"), "events[1].price", "is not a decimal number"},
        Bad{"PriceTooHigh", with(R"("event_type": "view", "price": 1e15)"), "events[1].price", "lies beyond"},
        Bad{"PriceTrue", with(R"("event_type": "view", "price": true)"), "events[1].price", "is true or false"},
        Bad{"BrandNumber", with(R"("event_type": "view", "brand": [1])"), "events[1].brand", "is a list"},
        Bad{"Long", with(R"("event_type": "view", "brand": ")" + std::string(1025, 'x') + "\""), "events[1].brand",
            "has 1025 bytes"},
        Bad{"Deep", with(R"("event_type": "view", "brand": )" + std::string(100'000, '[')), "events[1].brand",
            "a list"},
        Bad{"NoSession", R"({"events": [{"event_time": 1614539602, "event_type": "view"}]})", "events[0].user_session",
            "is needed, or user_id is", BodyKind::events},
        Bad{"UserOfAll", R"({"user_id": 1, "events": []})", "user_id", "is not known", BodyKind::events}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(RequestBody, HoldsALimitedNumberOfEvents) {
  std::string json = R"({"events": [)";
  for (std::size_t i = 0; i <= most_events_a_request; ++i)
    json += std::string(i == 0 ? "" : ",") + R"({"event_time": 1614539602, "event_type": "view"})";
  RequestBody body;
  const auto result = read_body(json + "]}", BodyKind::session, body);
  ASSERT_TRUE(std::holds_alternative<FieldError>(result));
  EXPECT_EQ(std::get<FieldError>(result).field, "events");
}

}  // namespace
}  // namespace cartwheel::serve
