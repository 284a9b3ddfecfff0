#pragma once

#include <cartwheel/scoring_service.hpp>
#include <span>
#include <string>
#include <string_view>

#include "serve/request_body.hpp"

/// The bodies of answers.
namespace cartwheel::serve {

/// {"error": {"field": ..., "reason": ...}}
std::string error_json(const FieldError& error);
/// {"user_session", "probability", "decision", "threshold", "events", and where they were asked for "base" and
/// "contributions"}. Numbers are the shortest text that reads back to the same bits.
std::string score_json(std::string_view session, const SessionScore& score, bool contributions);
/// {"results": [...]}: one for each event, in their order.
std::string live_json(std::span<const EventFields> events, std::span<const LiveAnswer> answers);
/// What is served: GET /v1/model.
std::string model_json(const Pipeline& pipeline, std::string_view hash);
/// Why a session has no score.
std::string left_out_reason(LeftOut left_out, std::size_t events, const SessionOptions& options);

}  // namespace cartwheel::serve
