#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/session_table.hpp>
#include <functional>

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(SessionOptions, DefaultsAndLimitsAreAccepted) {
  SessionOptions options;
  EXPECT_NO_THROW(options.check());
  options.size = 1;
  options.horizon = 1;
  options.gap = 1;
  EXPECT_NO_THROW(options.check());
  options.size = 1000;
  options.horizon = 3653LL * 24 * 3600 * 1'000'000;
  options.gap = std::numeric_limits<std::int64_t>::max();
  options.target_cart = false;
  EXPECT_NO_THROW(options.check());
}

TEST(SessionOptions, AnErrorNamesTheOptionAndItsRange) {
  const auto expect_error = [](const char* text, const std::function<void(SessionOptions&)>& change) {
    SessionOptions options;
    change(options);
    EXPECT_THAT([&] { options.check(); }, ThrowsMessage<ParameterError>(HasSubstr(text)));
  };
  expect_error("session.size is 0; it must be in [1, 1000]", [](SessionOptions& o) { o.size = 0; });
  expect_error("session.size is 1001", [](SessionOptions& o) { o.size = 1001; });
  expect_error("label number 3", [](SessionOptions& o) { o.label = static_cast<Label>(3); });
  expect_error("session.target", [](SessionOptions& o) { o.target_cart = o.target_purchase = false; });
  expect_error("label.horizon is 0s; it must be above 0 and at most 10 years (3653d)",
               [](SessionOptions& o) { o.horizon = 0; });
  expect_error("label.horizon is", [](SessionOptions& o) { o.horizon = 3653LL * 24 * 3600 * 1'000'000 + 1; });
  expect_error("session.gap is -1m", [](SessionOptions& o) { o.gap = -60'000'000; });
  expect_error("session.short", [](SessionOptions& o) { o.short_sessions = static_cast<ShortSessions>(2); });
}

TEST(SessionOptions, LabelsHaveNames) {
  EXPECT_EQ(name_of(Label::future), "future");
  EXPECT_EQ(name_of(Label::window), "window");
  EXPECT_EQ(name_of(Label::session), "session");
}

TEST(SessionOptions, OnlyTheChosenTargetsCount) {
  SessionOptions options;
  options.target_cart = false;
  EXPECT_FALSE(options.is_target(EventType::cart));
  EXPECT_TRUE(options.is_target(EventType::purchase));
  EXPECT_FALSE(options.is_target(EventType::view));
  EXPECT_FALSE(options.is_target(EventType::remove_from_cart));
}

}  // namespace
}  // namespace cartwheel
