#pragma once

#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/feature_group.hpp>
#include <memory>
#include <string>
#include <vector>

#include "features/extractor_v2_options.hpp"
#include "features/known_history.hpp"

namespace cartwheel::features {

/// V1 and what the log tells beyond it, composed of groups: see FeatureGroup, and docs/features.md for the list.
class ExtractorV2 final : public FeatureExtractor {
 public:
  static constexpr std::string_view extractor_name = "V2";

  /// @throws ParameterError for an unknown parameter or group, or a value out of range.
  explicit ExtractorV2(const Parameters& parameters);
  /// What write wrote after the name. @throws DataError
  static std::unique_ptr<ExtractorV2> read(core::ByteReader& in);

  std::string_view name() const override { return extractor_name; }
  const Parameters& parameters() const override { return options_.full; }
  std::vector<FeatureDefinition> definitions() const override;
  FeatureMatrix fit_transform(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                              std::int64_t train_end) override;
  FeatureMatrix transform(const SessionTable& sessions, std::span<const std::uint32_t> rows) const override;
  /// The same where each row's history is known: nothing is looked up in the log. @param known  one a row.
  FeatureMatrix transform_with(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                               std::span<const KnownHistory> known) const;
  /// The group that looks at histories; null if there is none.
  const HistoryReader* history_reader() const;
  void count_values(const SessionTable& sessions, std::span<const std::uint32_t> rows, Account& account) const override;
  void write(core::ByteWriter& out) const override;

 private:
  WindowRows windows_of(const SessionTable& sessions, std::span<const std::uint32_t> rows) const;
  void check_label(const SessionTable& sessions) const;
  void name_columns();
  FeatureMatrix matrix_of(std::vector<FeatureGroup::Columns> columns, std::size_t rows) const;

  ExtractorV2Options options_;
  std::vector<std::unique_ptr<FeatureGroup>> groups_;
  SessionOptions session_;  ///< Of the fit: they say which columns there are. Before it, the defaults.
  std::vector<std::vector<std::string>> column_names_;  ///< Of each group, once fitted.
  bool fitted_ = false;
};

}  // namespace cartwheel::features
