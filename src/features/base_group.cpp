#include "features/extractor_v1.hpp"
#include "features/groups.hpp"

namespace cartwheel::features {
namespace {

/// The columns of extractor V1.
class BaseGroup final : public FeatureGroup {
 public:
  explicit BaseGroup(std::size_t session_size) : v1_({{"session_size", static_cast<std::int64_t>(session_size)}}) {}

  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override { return v1_.definitions(); }
  Columns columns(const WindowRows& windows) const override {
    ExtractorV1 v1 = v1_;  // it has nothing to learn
    const FeatureMatrix matrix = v1.fit_transform(windows.sessions, windows.rows, 0);
    Columns columns;
    for (std::size_t j = 0; j < matrix.columns(); ++j) columns.push_back(matrix.column(j));
    return columns;
  }

 private:
  ExtractorV1 v1_;
};

}  // namespace

std::unique_ptr<FeatureGroup> make_base_group(const ExtractorV2Options& options) {
  return std::make_unique<BaseGroup>(options.session_size);
}

}  // namespace cartwheel::features
