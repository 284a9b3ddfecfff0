#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <limits>

#include "core/bytes.hpp"
#include "features/read_feature_extractor.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(FeatureExtractors, EveryKnownNameIsMade) {
  EXPECT_THAT(feature_extractor_names(), ElementsAre("V1", "V2"));
  for (const std::string_view name : feature_extractor_names())
    EXPECT_EQ(make_feature_extractor(name, {})->name(), name);
}

TEST(FeatureExtractors, AnUnknownNameListsTheKnownOnes) {
  EXPECT_THAT([] { make_feature_extractor("V3", {}); },
              ThrowsMessage<ParameterError>(HasSubstr("no feature extractor 'V3'; known: V1, V2")));
}

void expect_damaged(const std::string& bytes, const char* reason) {
  EXPECT_THAT(
      [&] {
        core::ByteReader in(bytes, "a model file");
        features::read_feature_extractor(in);
      },
      ThrowsMessage<DataError>(::testing::AllOf(HasSubstr("a model file is damaged"), HasSubstr(reason))));
}

std::string written(std::string_view name, std::uint64_t session_size) {
  core::ByteWriter out;
  out.put_string(name);
  out.put(session_size);
  return out.bytes();
}

TEST(FeatureExtractors, HostileBytesAreADataError) {
  const std::string good = written("V1", 3);
  for (std::size_t size = 0; size < good.size(); ++size) expect_damaged(good.substr(0, size), "");
  expect_damaged(written("V9", 3), "names the feature extractor 'V9'; this version knows: V1, V2");
  expect_damaged(written("V1", 0), "session_size of V1 is 0");
  expect_damaged(written("V1", 1001), "session_size of V1 is 1001");
  expect_damaged(written("V1", std::numeric_limits<std::uint64_t>::max()), "session_size");
}

}  // namespace
}  // namespace cartwheel
