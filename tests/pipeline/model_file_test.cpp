#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/version.hpp>
#include <numeric>

#include "core/philox.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Sessions whose label shows in the number of distinct products.
SessionTable small_sessions() {
  core::RandomStream random(11, core::RandomPurpose::generate);
  EventLogBuilder builder;
  for (int session = 0; session < 120; ++session) {
    const bool positive = random.below(2) == 1;
    const std::string id = "s" + std::to_string(session);
    for (int i = 0; i < 3; ++i) {
      const std::string product = "p" + std::to_string(positive ? 0 : random.below(5));
      builder.add({.time = (session * 100 + i) * std::int64_t{60'000'000},
                   .type = positive && i == 2 ? EventType::cart : EventType::view,
                   .product = product,
                   .category_id = "c",
                   .category_code = i == 0 ? "a.b" : "",
                   .brand = random.below(2) == 0 ? "x" : "",
                   .user = "u",
                   .session = id,
                   .price = random.below(100) * price_scale});
    }
  }
  SessionOptions options;
  options.label = Label::window;
  Account account;
  return build_sessions(builder.build(), options, account);
}

const std::vector<std::pair<std::string, Parameters>> models{
    {"bernoulli_nb", {{"alpha", 0.5}, {"class_prior", std::vector<double>{0.4, 0.6}}}},
    {"logistic_regression", {{"penalty", std::string("l1")}}},
    {"decision_tree", {{"max_depth", std::int64_t{2}}}},
    {"random_forest", {{"n_estimators", std::int64_t{2}}, {"max_depth", std::int64_t{2}}}}};

class ModelFile : public ::testing::TestWithParam<std::size_t> {
 protected:
  Pipeline fit() const {
    std::vector<std::uint32_t> rows(sessions_.size());
    std::iota(rows.begin(), rows.end(), 0u);
    const auto& [model, parameters] = models[GetParam()];
    Pipeline pipeline = fit_pipeline(sessions_, rows, 0, sessions_.log_end,
                                     {"V1", {}, default_steps(model), model, parameters}, FitContext{7});
    pipeline.threshold = 0.3125;
    return pipeline;
  }

  const SessionTable sessions_ = small_sessions();
};

TEST_P(ModelFile, GivesBackWhatWasSaved) {
  const test::TemporaryFolder folder;
  const Pipeline saved = fit();
  save_pipeline(saved, folder / "m.cwm");
  const Pipeline loaded = load_pipeline(folder / "m.cwm");
  std::vector<std::uint32_t> rows(sessions_.size());
  std::iota(rows.begin(), rows.end(), 0u);
  EXPECT_EQ(loaded.predict_proba(sessions_, rows), saved.predict_proba(sessions_, rows));
  EXPECT_EQ(to_bytes(loaded), to_bytes(saved));
  EXPECT_EQ(loaded.threshold, 0.3125);
  EXPECT_EQ(loaded.provenance.parameters, saved.provenance.parameters);
  EXPECT_EQ(loaded.provenance.library_version, version());
  EXPECT_EQ(loaded.provenance.seed, 7u);
  EXPECT_EQ(loaded.provenance.train_rows, 120u);
  EXPECT_EQ(loaded.provenance.train_end, sessions_.log_end);
  EXPECT_EQ(loaded.session.label, Label::window);
}

TEST_P(ModelFile, TruncatedAnywhereIsADataError) {
  const std::string bytes = to_bytes(fit());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(from_bytes(std::string_view(bytes).substr(0, size), "m.cwm"), DataError) << size;
}

TEST_P(ModelFile, ChangedAnywhereIsADataError) {
  const std::string bytes = to_bytes(fit());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    EXPECT_THROW(from_bytes(damaged, "m.cwm"), DataError) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ModelFile, ::testing::Range(std::size_t{0}, models.size()),
                         [](const auto& model) { return models[model.param].first; });

TEST(ModelFileErrors, SayWhatTheFileIs) {
  EXPECT_THAT([] { from_bytes("PK\x03\x04 something else", "m.cwm"); },
              ThrowsMessage<DataError>(HasSubstr("m.cwm is not a Cartwheel model")));
  EXPECT_THAT([] { from_bytes("", "m.cwm"); }, ThrowsMessage<DataError>(HasSubstr("not a Cartwheel model")));
  std::string later = "CWMODEL\n";
  later += std::string("\x63\0\0\0", 4) + std::string(20, '\0');
  EXPECT_THAT([&] { from_bytes(later, "m.cwm"); }, ThrowsMessage<DataError>(HasSubstr("model format 99")));
}

}  // namespace
}  // namespace cartwheel
