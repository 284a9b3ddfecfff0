#include <gtest/gtest.h>

#include <cartwheel/report.hpp>
#include <sstream>

namespace cartwheel {
namespace {

constexpr std::int64_t day = 24LL * 3600 * 1'000'000;
constexpr std::int64_t first_day = 17'014 * day;  // 2016-08-01

TEST(TimelineText, DrawsEachPartInProportion) {
  Batch batch;
  batch.name = "2016-08-29";
  batch.train = {first_day, first_day + 22 * day};
  batch.validation = {first_day + 22 * day, first_day + 33 * day};
  batch.test = {first_day + 33 * day, first_day + 44 * day};
  Fold fold;
  fold.train = {first_day, first_day + 20 * day};
  fold.validation = batch.validation;
  fold.train_rows.resize(4210);
  fold.validation_rows.resize(1570);
  fold.purged = 12;
  batch.folds = {fold};
  batch.final_fold = fold;
  batch.final_fold.train = {first_day, first_day + 33 * day};
  batch.final_fold.validation = batch.test;
  EXPECT_EQ(timeline_text(batch),
            "batch 2016-08-29   = train   v validation   t test   . gap\n"
            "           2016-08-01                        2016-09-14\n"
            "  fold 1  |====================..vvvvvvvvvvv           |\n"
            "           train 4,210 sessions (12 purged), validation 1,570\n"
            "  final   |=================================ttttttttttt|\n"
            "           train 4,210 sessions (12 purged), test 1,570\n");
}

}  // namespace
}  // namespace cartwheel
