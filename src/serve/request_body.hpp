#pragma once

#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cartwheel::serve {

/// What is wrong with a request.
struct FieldError {
  std::string field;  ///< Such as "events[2].price"; empty where it is the whole.
  std::string reason;
};

enum class BodyKind {
  session,  ///< Of POST /v1/score: {"user_id", "user_session", "contributions", "events": [{...}]}
  events,   ///< Of POST /v1/events: {"events": [{"user_id", "user_session", ...}]}
};

/// The JSON of a request. Its views look into `texts`: not to be copied.
struct RequestBody {
  RequestBody() = default;
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  std::string_view user, session;
  bool contributions = false;
  std::vector<EventFields> events;
  std::string texts;
};

inline constexpr std::size_t most_events_a_request = 10'000;

/// Reads a body, strictly: no field that is not known, none twice, each of its type and in its range, texts of at most
/// ScoringService::longest_text bytes, 1 to most_events_a_request events, each with a time and a type. Fields are
/// called, and values read, as in CSV files; ids may also be whole numbers, times epochs, prices numbers, and null is
/// a missing value. @param body  as new. @return an error without a field for what is no JSON.
std::variant<std::monostate, FieldError> read_body(std::string_view json, BodyKind kind, RequestBody& body);

}  // namespace cartwheel::serve
