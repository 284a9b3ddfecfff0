#include "data/common_fields.hpp"

#include "core/time.hpp"

namespace cartwheel::data {

std::optional<std::int64_t> CommonTime::start_of_date(std::string_view text) {
  if (text[4] != '-' || text[7] != '-') return {};
  return core::parse_time(text);
}

}  // namespace cartwheel::data
