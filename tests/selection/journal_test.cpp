#include "selection/journal.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <fstream>

#include "core/atomic_file.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "selection/plan.hpp"
#include "support/experiment_settings.hpp"
#include "support/run_program.hpp"
#include "support/shop_log.hpp"
#include "support/temporary_folder.hpp"

using namespace cartwheel;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

/// A search of one small batch in three folds.
struct SmallSearch {
  ExperimentOptions options = [] {
    ExperimentOptions made = test::small_experiment();
    made.batches.train = 26 * core::microseconds_per_day;
    made.batches.folds = 3;
    made.also = {SearchMetric::roc_auc};
    made.models[0].grid["alpha"] = {-1.0, 0.5};  // one that fails must come back as it failed
    made.models[1].grid["min_samples_leaf"] = {std::int64_t{15}};
    return made;
  }();
  SessionTable sessions = test::sessions_of(test::shop_events(1, {.sessions = 300}), options.session);
};

/// A run that is interrupted leaves the first bytes of its journal: a process that is killed, a machine that crashes
/// and a full disk do nothing else. So every cut of the file is a point at which a search may die.
TEST(SearchJournal, ASearchKilledAnywhereResumesToTheSameBytes) {
  SmallSearch small;
  const test::TemporaryFolder folder;
  const std::string expected = test::text_of(run_experiment(small.sessions, small.options));
  small.options.journal = folder / "search.journal";
  EXPECT_EQ(test::text_of(run_experiment(small.sessions, small.options)), expected);
  const std::string whole = test::read_file(small.options.journal);

  small.options.resume = true;
  core::RandomStream random(5, core::RandomPurpose::permutation);
  std::set<std::uint64_t> resumed;
  for (int kill = 0; kill < 200; ++kill) {
    const std::size_t cut = random.below(static_cast<std::uint32_t>(whole.size()) + 1);
    std::string left = whole.substr(0, cut);
    if (kill % 4 == 0 && !left.empty())
      left.back() = static_cast<char>(left.back() ^ 0x55);  // torn in the middle of a sector
    if (left.size() <= 50) left = whole.substr(0, cut);     // the journal's own name is whole or cut, never wrong
    core::write_file_atomically(small.options.journal, left);
    const ExperimentResult result = run_experiment(small.sessions, small.options);
    ASSERT_EQ(test::text_of(result), expected) << "cut at byte " << cut;
    EXPECT_EQ(result.resumed + result.work.combinations, 3u * 6);
    resumed.insert(result.resumed);
  }
  EXPECT_GE(resumed.size(), 5u) << "the cuts must differ in what they leave";
  // Nothing is left to do for a search that had ended.
  core::write_file_atomically(small.options.journal, whole);
  EXPECT_EQ(run_experiment(small.sessions, small.options).work, SearchWork{});
}

TEST(SearchJournal, AWishToStopLeavesAJournalToResumeFrom) {
  SmallSearch small;
  const test::TemporaryFolder folder;
  const std::string expected = test::text_of(run_experiment(small.sessions, small.options));
  small.options.journal = folder / "search.journal";
  for (const std::uint64_t stop_after : {1u, 7u, 12u, 17u}) {
    small.options.resume = false;
    small.options.progress = [&](const Progress& progress) { return progress.done < stop_after; };
    EXPECT_THROW(run_experiment(small.sessions, small.options), Cancelled);
    small.options.resume = true;
    small.options.progress = {};
    const ExperimentResult result = run_experiment(small.sessions, small.options);
    EXPECT_EQ(test::text_of(result), expected);
    EXPECT_GE(result.resumed, stop_after > 6 ? stop_after / 2 : 0);
  }
}

TEST(SearchJournal, ThatOfAnotherRunIsRefused) {
  SmallSearch small;
  const test::TemporaryFolder folder;
  small.options.journal = folder / "search.journal";
  run_experiment(small.sessions, small.options);
  small.options.resume = true;
  const auto run = [&] { run_experiment(small.sessions, small.options); };
  EXPECT_NO_THROW(run());
  small.options.seed = 8;
  EXPECT_THAT(run, ThrowsMessage<DataError>(HasSubstr("is the journal of another run")));
  small.options.seed = 7;
  small.options.models[1].grid["min_samples_leaf"] = {0.5};
  EXPECT_THAT(run, ThrowsMessage<DataError>(HasSubstr("is the journal of another run")));
  small.options.models[1].grid["min_samples_leaf"] = {std::int64_t{15}};
  small.sessions.label[0] ^= 1;
  EXPECT_THAT(run, ThrowsMessage<DataError>(HasSubstr("is the journal of another run")));
  small.sessions.label[0] ^= 1;
  core::write_file_atomically(small.options.journal, "a page of somebody's diary, and a long one at that, with dates");
  EXPECT_THAT(run, ThrowsMessage<DataError>(HasSubstr("is not the journal of a search")));
  small.options.resume = false;  // a new run begins a new journal
  EXPECT_NO_THROW(run());
}

TEST(SearchJournal, CannotBeWrittenIsAnError) {
  SmallSearch small;
  small.options.journal = "/dev/null/search.journal";
  EXPECT_THAT([&] { run_experiment(small.sessions, small.options); },
              ThrowsMessage<DataError>(HasSubstr("cannot write the search's journal")));
}

}  // namespace
