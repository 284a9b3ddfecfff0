#pragma once

#include <cartwheel/history_store.hpp>
#include <cartwheel/parameters.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cartwheel::features {

/// How the time of day and the day of the week of a session's start become columns.
enum class Calendar : std::uint8_t { raw, one_hot, cyclic };

/// The parameters of extractor V2.
struct ExtractorV2Options {
  std::size_t session_size = 3;
  std::vector<std::string> groups;
  std::optional<double> smoothing;  ///< Nothing: fitted.
  double half_life_days = 0.0;      ///< 0: priors do not decay.
  Calendar calendar = Calendar::cyclic;
  double utc_offset_hours = 0.0;
  std::uint64_t history_users = HistoryStore::default_most_users;
  Parameters full;  ///< All of these, with their defaults, as parameters.

  /// @throws ParameterError for an unknown parameter or group, or a value out of range.
  explicit ExtractorV2Options(const Parameters& given);
};

}  // namespace cartwheel::features
