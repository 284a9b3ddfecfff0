#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/session_table.hpp>
#include <set>

#include "core/device_context.hpp"
#include "cuda/both_devices.hpp"
#include "cuda/memory_limit.hpp"
#include "cuda/needs_device.hpp"
#include "support/random_log.hpp"
#include "support/session_table_bytes.hpp"

namespace cartwheel {
namespace {

using core::RandomStream;

/// The table's bytes and the account.
std::string outcome(const EventLog& log, const SessionOptions& options) {
  Account account;
  std::string all = test::bytes_of(build_sessions(log, options, account));
  for (const Account::Entry& entry : account.entries())
    all += entry.name + std::to_string(entry.count) + entry.note + "\n";
  return all;
}

void expect_outcome_of_cpu(const EventLog& log, const SessionOptions& options) {
  const auto build = [&] { return outcome(log, options); };
  EXPECT_TRUE(test::on_gpu(build) == build()) << log.size() << " events, windows of " << options.size;
}

TEST(BuildSessionsOnGpu, GivesTheTableOfTheCpuForAnyLog) {
  CARTWHEEL_NEEDS_DEVICE();
  RandomStream random(1, core::RandomPurpose::generate);
  for (std::uint64_t draw = 0; draw < 30; ++draw) {
    test::RandomLogShape shape;
    shape.events = random.below(1500);
    shape.sessions = draw % 4 == 0 ? 0 : 1 + random.below(200);
    shape.ticks = 1 + random.below(300);
    shape.tick = draw % 3 == 0 ? 1 : draw % 3 == 1 ? 1000 : 600'000'000;
    shape.one_missing_in = random.below(2) * 10;
    SessionOptions options;
    options.size = 1 + static_cast<int>(random.below(20));
    options.label = static_cast<Label>(draw % 3);
    options.short_sessions = static_cast<ShortSessions>(random.below(2));
    options.target_cart = random.below(3) > 0;
    options.target_purchase = !options.target_cart || random.below(2) == 0;
    options.horizon = 1 + random.below(200) * 60'000'000LL;
    expect_outcome_of_cpu(test::random_log(draw, shape), options);
  }
}

TEST(BuildSessionsOnGpu, GivesTheTableOfTheCpuForEveryNumberOfEvents) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::uint32_t events : {0u, 1u, 31u, 32u, 33u, 1023u, 1024u, 1025u})
    for (const std::uint32_t sessions : {1u, 40u, 100'000u}) {  // one giant session; many of one event
      test::RandomLogShape shape;
      shape.events = events;
      shape.sessions = sessions;
      for (const int size : {1, 3}) {
        SessionOptions options;
        options.size = size;
        expect_outcome_of_cpu(test::random_log(events, shape), options);
      }
    }
}

/// Times and sessions that need more than 64 bits together are sorted in two steps.
TEST(BuildSessionsOnGpu, GivesTheTableOfTheCpuForTimesFarApart) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<test::OwnedEvent> events = test::random_events(5, {.events = 5000, .sessions = 900});
  constexpr std::int64_t year = 365LL * 24 * 3600 * 1'000'000;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (i % 7 == 0) events[i].time += (i % 2 == 0 ? 7000 : -1900) * year + 1;
  expect_outcome_of_cpu(test::make_log(events), {});
}

/// Whole sessions go through little memory some at a time; where one does not fit, the error says what was asked for.
TEST(BuildSessionsOnGpu, LittleMemoryGivesTheTableOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  const EventLog log = test::random_log(8, {.events = 2500, .sessions = 300});
  core::DeviceWork& work = core::DeviceContext::get().work();
  std::set<std::uint64_t> launches;
  for (const std::size_t kilobytes : {100u, 250u, 4000u}) {
    const test::MemoryLimit limit(kilobytes * 1000);
    const std::uint64_t before = work.launches;
    for (const ShortSessions short_sessions : {ShortSessions::keep, ShortSessions::leave_out}) {
      SessionOptions options;
      options.short_sessions = short_sessions;
      expect_outcome_of_cpu(log, options);
    }
    launches.insert(work.launches - before);
  }
  EXPECT_EQ(launches.size(), 3u);  // the less memory, the more blocks
  const test::MemoryLimit limit(3000);
  EXPECT_THAT([&] { test::on_gpu([&] { return outcome(log, {}); }); },
              ::testing::ThrowsMessage<DeviceError>(
                  ::testing::AllOf(::testing::HasSubstr("are asked for"), ::testing::HasSubstr("--device cpu"))));
}

TEST(BuildSessionsOnGpu, WorkDoesNotGrowWithTheLog) {
  CARTWHEEL_NEEDS_DEVICE();
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto launches_for = [&](std::uint32_t events) {
    const EventLog log = test::random_log(1, {.events = events});
    const auto before = work.launches.load();
    test::on_gpu([&] { return outcome(log, {}); });
    return work.launches - before;
  };
  EXPECT_EQ(launches_for(300), launches_for(3000));
}

}  // namespace
}  // namespace cartwheel
