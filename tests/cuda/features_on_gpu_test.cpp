#include <gtest/gtest.h>

#include <algorithm>
#include <cartwheel/feature_extractor.hpp>

#include "core/device_context.hpp"
#include "cuda/both_devices.hpp"
#include "cuda/needs_device.hpp"
#include "support/feature_rows.hpp"
#include "support/random_log.hpp"

/// Features that the GPU computes, and what it fits, have the bytes of the CPU's.
namespace cartwheel {
namespace {

using core::RandomStream;

SessionTable sessions_of(const EventLog& log, const SessionOptions& options) {
  Account account;
  return build_sessions(log, options, account);
}

/// Fits on the first half of the time and transforms all rows: columns, extractor and columns.
struct Outcome {
  std::string training, fitted, columns;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(const SessionTable& sessions, const char* name, const Parameters& parameters) {
  const std::int64_t train_end = sessions.log_begin + (sessions.log_end - sessions.log_begin) / 2;
  const auto extractor = make_feature_extractor(name, parameters);
  Outcome result;
  result.training =
      test::bits_of(extractor->fit_transform(sessions, test::training_rows(sessions, train_end), train_end));
  core::ByteWriter out;
  extractor->write(out);
  result.fitted = out.bytes();
  result.columns = test::bits_of(extractor->transform(sessions, test::all_rows(sessions)));
  return result;
}

void expect_outcome_of_cpu(const SessionTable& sessions, const char* name, const Parameters& parameters) {
  const auto work = [&] { return outcome(sessions, name, parameters); };
  const Outcome cpu = work(), gpu = test::on_gpu(work);
  const std::string what = std::string(name) + " of " + std::to_string(sessions.size()) + " sessions";
  EXPECT_TRUE(gpu.training == cpu.training) << what << ": training columns";
  EXPECT_TRUE(gpu.fitted == cpu.fitted) << what << ": what is fitted";
  EXPECT_TRUE(gpu.columns == cpu.columns) << what << ": columns";
}

/// V2 has the columns of V1 too. @param session_size  how many events of a window are looked at.
void expect_features_of_cpu(const EventLog& log, const SessionOptions& options, int session_size) {
  expect_outcome_of_cpu(sessions_of(log, options), "V2",
                        {{"session_size", std::int64_t{session_size}}, {"smoothing", 20.0}});
}

TEST(FeaturesOnGpu, AreThoseOfTheCpuForAnyLog) {
  CARTWHEEL_NEEDS_DEVICE();
  RandomStream random(1, core::RandomPurpose::generate);
  for (std::uint64_t draw = 0; draw < 6; ++draw) {
    SCOPED_TRACE(draw);
    test::RandomLogShape shape;
    shape.events = random.below(1500);
    shape.sessions = draw % 4 == 0 ? 0 : 1 + random.below(200);
    shape.users = draw % 5 == 0 ? 0 : 1 + random.below(40);
    shape.ticks = 1 + random.below(300);
    shape.one_missing_in = random.below(2) * 10;
    SessionOptions options;
    options.size = 1 + static_cast<int>(random.below(6));
    options.label = static_cast<Label>(draw % 3);
    options.short_sessions = static_cast<ShortSessions>(random.below(2));
    options.target_cart = random.below(3) > 0;
    std::vector<test::OwnedEvent> events = test::random_events(draw, shape);
    if (draw % 2 == 0) std::ranges::stable_sort(events, {}, &test::OwnedEvent::time);
    expect_features_of_cpu(test::make_log(events), options, 1 + options.size / 2);
  }
}

TEST(FeaturesOnGpu, EveryShapeGivesThoseOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::uint32_t events : {1u, 31u, 32u, 33u, 1023u, 1024u, 1025u})
    for (const std::uint32_t sessions : {1u, 100'000u}) {  // one giant session; many of one event
      SessionOptions options;
      options.size = 1;
      options.label = Label::session;
      expect_features_of_cpu(test::random_log(events, {.events = events, .sessions = sessions}), options, 1);
    }
}

/// A window of up to a thousand events, and prices whose squares need 128 bits.
TEST(FeaturesOnGpu, LongWindowsAndExtremePricesAreThoseOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  std::vector<test::OwnedEvent> events = test::random_events(7, {.events = 2500, .sessions = 3});
  RandomStream random(2, core::RandomPurpose::generate);
  for (std::size_t i = 0; i < events.size(); ++i)
    if (events[i].price != missing_price && i % 3 > 0)
      events[i].price = (i % 2 == 0 ? 1 : -1) * (largest_price - std::int64_t{random.below(1000)});
  for (const int size : {17, 64, 700}) {
    SessionOptions options;
    options.size = size;
    options.label = Label::window;
    expect_features_of_cpu(test::make_log(events), options, size);
  }
}

TEST(FeaturesOnGpu, OptionsOfTheExtractorGiveTheColumnsOfTheCpu) {
  CARTWHEEL_NEEDS_DEVICE();
  const SessionTable sessions = sessions_of(test::random_log(3, {.events = 1200}), {});
  for (const Parameters& parameters :
       {Parameters{{"smoothing", std::string("fitted")}}, Parameters{{"half_life", 1.0}},
        Parameters{{"history_users", std::int64_t{7}}}, Parameters{{"calendar", std::string("one_hot")}},
        Parameters{{"groups", std::string("history,priors")}}})
    expect_outcome_of_cpu(sessions, "V2", parameters);
  expect_outcome_of_cpu(sessions, "V1", {});
}

TEST(FeaturesOnGpu, WorkDoesNotGrowWithTheLog) {
  CARTWHEEL_NEEDS_DEVICE();
  core::DeviceWork& work = core::DeviceContext::get().work();
  const auto work_for = [&](std::uint32_t events) {
    SessionOptions options;
    options.label = Label::window;
    const SessionTable sessions = sessions_of(test::random_log(1, {.events = events}), options);
    const auto sum = [&] { return work.launches + work.copies_to_device + work.copies_to_host; };
    const std::uint64_t before = sum();
    test::on_gpu([&] { return outcome(sessions, "V2", {{"smoothing", 20.0}}); });
    return sum() - before;
  };
  EXPECT_EQ(work_for(600), work_for(3000));
}

}  // namespace
}  // namespace cartwheel
