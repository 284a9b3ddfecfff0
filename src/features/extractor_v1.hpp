#pragma once

#include <cartwheel/feature_extractor.hpp>

namespace cartwheel::features {

/// The 15 columns of the published method, computed over the first `session_size` events of the window. They learn
/// nothing, and never look at event types.
class ExtractorV1 final : public FeatureExtractor {
 public:
  static constexpr std::string_view extractor_name = "V1";

  /// @throws ParameterError for an unknown parameter, or one out of range.
  explicit ExtractorV1(const Parameters& parameters);
  /// What write wrote after the name. @throws DataError
  static std::unique_ptr<ExtractorV1> read(core::ByteReader& in);

  std::string_view name() const override { return extractor_name; }
  const Parameters& parameters() const override { return parameters_; }
  std::vector<FeatureDefinition> definitions() const override;
  FeatureMatrix fit_transform(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                              std::int64_t train_end) override;
  FeatureMatrix transform(const SessionTable& sessions, std::span<const std::uint32_t> rows) const override;
  void write(core::ByteWriter& out) const override;

 private:
  Parameters parameters_;
  std::size_t session_size_ = 3;
  bool fitted_ = false;
};

}  // namespace cartwheel::features
