#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/feature_group.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/bytes.hpp"
#include "features/read_feature_extractor.hpp"
#include "features/weekend_group.hpp"
#include "support/feature_rows.hpp"
#include "support/shop_log.hpp"
#include "support/test_paths.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::unique_ptr<FeatureExtractor> v2(const std::string& groups) {
  return make_feature_extractor("V2", {{"groups", groups}});
}

/// Registered once, however many tests run in this program.
void register_weekend() {
  static const bool once = [] {
    register_feature_group("weekend", [](const Parameters&) { return std::make_unique<WeekendGroup>(); });
    return true;
  }();
  static_cast<void>(once);
}

TEST(FeatureGroups, AUsersOwnGroupIsOneOfThem) {
  register_weekend();
  EXPECT_EQ(feature_group_names().back(), "weekend");
  const SessionTable sessions = test::sessions_of(test::shop_events(1), {});
  const auto rows = test::all_rows(sessions);
  const auto extractor = v2("events,weekend");
  const FeatureMatrix matrix = extractor->fit_transform(sessions, rows, sessions.log_end);
  EXPECT_THAT(matrix.names(), ElementsAre("view_count", "remove_from_cart_count", "other_count", "weekend_share",
                                          "dearer_than_training"));
  core::ByteWriter out;
  extractor->write(out);
  core::ByteReader in(out.bytes(), "a test");
  const auto again = features::read_feature_extractor(in);
  EXPECT_EQ(again->definitions().size(), 5u);
  EXPECT_EQ(test::bits_of(again->transform(sessions, rows)), test::bits_of(matrix));

  core::ByteWriter damaged;
  damaged.put_string("V2");
  damaged.put(std::uint64_t{1});
  damaged.put_string("groups");
  damaged.put_string("weekend");
  damaged.put(std::uint8_t{0});
  damaged.put(std::uint8_t{3});
  damaged.put_string("no number");
  core::ByteReader bad(damaged.bytes(), "a model file");
  EXPECT_THAT([&] { features::read_feature_extractor(bad); },
              ThrowsMessage<DataError>(HasSubstr("state of group weekend cannot be read")));
}

TEST(FeatureGroups, TheGroupOfTheDocumentationIsTheOneThatIsTested) {
  const auto text_of = [](const std::filesystem::path& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::filesystem::path root = std::filesystem::path(test::golden_dir()) / "../..";
  std::string code = text_of(root / "tests/features/weekend_group.hpp");
  code.erase(0, code.find("#include"));
  ASSERT_FALSE(code.empty());
  EXPECT_THAT(text_of(root / "docs/features.md"), HasSubstr(code));
}

TEST(FeatureGroups, NamesAreChecked) {
  const auto make = [](const Parameters&) { return std::unique_ptr<FeatureGroup>(); };
  EXPECT_THAT([&] { register_feature_group("priors", make); }, ThrowsMessage<ParameterError>(HasSubstr("already")));
  EXPECT_THAT([&] { register_feature_group("a,b", make); }, ThrowsMessage<ParameterError>(HasSubstr("letters")));
  EXPECT_THAT([&] { v2("base,tmie"); }, ThrowsMessage<ParameterError>(HasSubstr("did you mean time?")));
  EXPECT_THAT([&] { v2("base,base"); }, ThrowsMessage<ParameterError>(HasSubstr("group 'base' twice")));
  EXPECT_THAT([&] { v2("all,time"); }, ThrowsMessage<ParameterError>(HasSubstr("group 'time' twice")));
  EXPECT_THAT([&] { v2(""); }, ThrowsMessage<ParameterError>(HasSubstr("groups is ")));
}

TEST(FeatureGroups, ColumnsHaveOneOrderWhateverThatOfTheNames) {
  const auto names_of = [](const std::string& groups) {
    std::vector<std::string> names;
    for (const FeatureDefinition& feature : v2(groups)->definitions()) names.push_back(feature.name);
    return names;
  };
  EXPECT_EQ(names_of("time, base"), names_of("base,time"));
  EXPECT_EQ(v2("time,base")->parameters().at("groups"), ParameterValue(std::string("time,base")));
}

TEST(FeatureGroups, ParametersOfV2AreChecked) {
  const auto refuses = [](const std::string& name, const ParameterValue& value, const char* what) {
    EXPECT_THAT(([&] {
                  make_feature_extractor("V2", {{name, value}});
                }),
                ThrowsMessage<ParameterError>(HasSubstr(what)));
  };
  refuses("smothing", 1.0, "did you mean smoothing?");
  refuses("smoothing", -1.0, "smoothing is -1.0; it must be fitted, or a number");
  refuses("half_life", std::int64_t{0}, "half_life is 0");
  refuses("calendar", std::string("lunar"), "calendar is lunar");
  refuses("utc_offset", 15.0, "utc_offset is 15.0");
  refuses("history_users", std::int64_t{0}, "history_users is 0");
  refuses("session_size", std::int64_t{0}, "session_size is 0");
}

}  // namespace
}  // namespace cartwheel
