#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/parameters.hpp>
#include <cartwheel/session_table.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

namespace [[gnu::visibility("hidden")]] core {
class ByteReader;
class ByteWriter;
}  // namespace core

/// What one feature means, for people.
struct FeatureDefinition {
  std::string name;
  std::string definition;  ///< One line, with unit.
  std::string fitted;      ///< What is learned from training rows, or "no".
};

/// Turns sessions into features. Life: construct with parameters, fit_transform once, then transform as often as
/// wanted. After fit_transform nothing changes any more, so transform is safe from several threads.
class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;

  /// "V1" or "V2".
  virtual std::string_view name() const = 0;
  virtual const Parameters& parameters() const = 0;
  virtual std::vector<FeatureDefinition> definitions() const = 0;

  /// Learns what there is to learn from training rows, and gives their features as of each row's start.
  /// @param rows  of `sessions`, in the order of the result. @param train_end  nothing later may be looked at.
  /// @throws ParameterError if these sessions cannot give the features (such as windows that are too small), DataError
  /// for a row that is not there.
  virtual FeatureMatrix fit_transform(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                      std::int64_t train_end) = 0;
  /// Features of any rows, with what was learned. @throws as fit_transform; ParameterError before fit_transform.
  virtual FeatureMatrix transform(const SessionTable& sessions, std::span<const std::uint32_t> rows) const = 0;

  /// Counts the values of the rows' windows that are missing, or that training had never seen, by column: so that none
  /// is filled in silently. An extractor without such values counts none.
  virtual void count_values(const SessionTable& sessions, std::span<const std::uint32_t> rows, Account& account) const {
    static_cast<void>(sessions), static_cast<void>(rows), static_cast<void>(account);
  }

  /// Writes name, parameters and what was learned; read_feature_extractor is the inverse. @throws ParameterError before
  /// fit_transform.
  virtual void write(core::ByteWriter& out) const = 0;
};

/// The names that make_feature_extractor takes.
std::span<const std::string_view> feature_extractor_names();

/// @param name  "V1", with parameter `session_size`: the first so many events of the window are used, [1, 1000], 3 by
/// default. "V2" has more of them, see docs/features.md:
/// - `groups`: "all" (default), or some of feature_group_names(), such as "base,time,priors";
/// - `smoothing`: m of the priors, "fitted" (default) or a number; `half_life`: days in which their counts halve, or
///   "none" (default);
/// - `calendar`: hour and weekday as "cyclic" columns (default), "one_hot" or "raw" numbers; `utc_offset`: hours that
///   local time is ahead of UTC, [-14, 14];
/// - `history_users`: how many users' history is kept, [1, 2^31], 1,000,000 by default.
/// @throws ParameterError for an unknown name (it lists the known ones) or parameter (with a suggestion), or a
/// value out of range.
std::unique_ptr<FeatureExtractor> make_feature_extractor(std::string_view name, const Parameters& parameters);

}  // namespace cartwheel
