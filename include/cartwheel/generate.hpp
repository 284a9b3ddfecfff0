#pragma once

#include <cartwheel/progress.hpp>
#include <cstdint>
#include <functional>
#include <string_view>

namespace cartwheel {

/// A synthetic shop. Defaults follow the published figures of the electronics-store log (885,129 events in 490,398
/// sessions from 2020-09-24 to 2021-02-28; 6% cart, 4% purchase).
struct GenerateOptions {
  std::uint64_t events = 100'000;  ///< [1, 10^11]: exactly this many rows.
  std::uint64_t seed = 0;
  int days = 158;                  ///< [1, 3650], from 2020-09-24.
  ProgressCallback progress;
};

/// Writes a CSV log with the columns event_time, event_type, product_id, category_id, category_code, brand, price,
/// user_id, user_session, in time order. Same options, same bytes.
/// @param write  receives the text in pieces, in order. @throws ParameterError for options out of range.
void generate_events(const GenerateOptions& options, const std::function<void(std::string_view)>& write);

}  // namespace cartwheel
