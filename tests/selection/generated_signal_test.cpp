#include <gtest/gtest.h>

#include <array>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/generate.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/session_table.hpp>
#include <numeric>
#include <string>

#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

/// What a forest on the columns of V1 makes of a generated log's later half, fitted on its first half.
double auc_of_a_forest(double signal) {
  std::string text;
  generate_events({.events = 150'000, .seed = 3, .signal = signal}, [&](std::string_view part) { text.append(part); });
  const test::TemporaryFolder folder;
  const std::array files{folder.write("log.csv", text)};
  Account account;
  SessionOptions options;
  options.label = Label::window;
  const SessionTable sessions = build_sessions(read_events(files, {}, account), options, account);

  std::vector<std::uint32_t> train(sessions.size() / 2), test(sessions.size() - train.size());
  std::iota(train.begin(), train.end(), 0u);
  std::iota(test.begin(), test.end(), static_cast<std::uint32_t>(train.size()));
  const std::span<const std::uint8_t> labels = sessions.label;
  const auto extractor = make_feature_extractor("V1", {});
  RandomForestOptions forest_options;
  forest_options.n_estimators = 30;
  forest_options.tree.max_depth = 8;
  const RandomForest forest = RandomForest::fit(extractor->fit_transform(sessions, train, sessions.start[test.front()]),
                                                labels.first(train.size()), forest_options);
  return roc_auc(labels.subspan(train.size()), forest.predict_proba(extractor->transform(sessions, test))).value();
}

TEST(GeneratedSignal, IsAsStrongAsTheOptionSays) {
  const double usual = auc_of_a_forest(1.0);
  EXPECT_GT(usual, 0.80);
  EXPECT_LT(usual, 0.90);
  EXPECT_LT(auc_of_a_forest(0.0), usual - 0.05);
  EXPECT_GT(auc_of_a_forest(2.0), usual + 0.02);
}

}  // namespace
}  // namespace cartwheel
