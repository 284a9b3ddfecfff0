#include "serve/answer_json.hpp"

#include <fmt/format.h>

#include <cartwheel/model.hpp>
#include <cartwheel/version.hpp>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/time.hpp"

namespace cartwheel::serve {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

/// In quotes. @param text  valid UTF-8, as all texts are that came as JSON.
void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_session(std::string& out, std::string_view session) {
  out += "\"user_session\":";
  session.empty() ? void(out += "null") : append_text(out, session);
}

void append_score(std::string& out, const SessionScore& score) {
  fmt::format_to(std::back_inserter(out), "\"probability\":{},\"decision\":{},\"threshold\":{}", score.probability,
                 score.decision, score.threshold);
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& entry : parameters) std::visit([&](const auto& value) { json[entry.first] = value; }, entry.second);
  return json;
}

std::string_view name_of(LeftOut left_out) {
  return left_out == LeftOut::target_in_window ? "target_in_window" : "too_short";
}

}  // namespace

std::string error_json(const FieldError& error) {
  return dumped({{"error", {{"field", error.field.empty() ? Json() : Json(error.field)}, {"reason", error.reason}}}});
}

std::string score_json(std::string_view session, const SessionScore& score, bool contributions) {
  std::string out = "{";
  append_session(out, session);
  out += ',';
  append_score(out, score);
  fmt::format_to(std::back_inserter(out), ",\"events\":{}", score.events);
  if (contributions) {
    Json list = Json::array();
    for (const FeatureContribution& c : score.contributions)
      list.push_back({{"feature", c.feature},
                      {"value", or_null(c.value)},
                      {"points", c.points},
                      {"log_odds", or_null(c.log_odds)},
                      {"words", c.words}});
    fmt::format_to(std::back_inserter(out), ",\"base\":{},\"contributions\":{}", score.base,
                   list.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return out += "}\n";
}

std::string live_json(std::span<const EventFields> events, std::span<const LiveAnswer> answers) {
  std::string out = "{\"results\":[";
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const LiveAnswer& answer = answers[i];
    out += i == 0 ? "{" : ",{";
    append_session(out, events[i].session);
    fmt::format_to(std::back_inserter(out), ",\"status\":\"{}\",\"events\":{}", name_of(answer.status), answer.events);
    if (answer.status == LiveAnswer::Status::scored) {
      out += ',';
      append_score(out, answer.score);
    } else if (answer.status == LiveAnswer::Status::left_out) {
      fmt::format_to(std::back_inserter(out), ",\"reason\":\"{}\"", name_of(answer.score.left_out));
    }
    out += '}';
  }
  return out += "]}\n";
}

std::string model_json(const Pipeline& pipeline, std::string_view hash) {
  const Provenance& from = pipeline.provenance;
  Json steps = Json::array();
  for (const NamedStep& step : from.steps)
    steps.push_back({{"name", step.name}, {"parameters", to_json(step.parameters)}});
  const SessionOptions& session = pipeline.session;
  return dumped({{"model", pipeline.model->name()},
                 {"parameters", to_json(from.parameters)},
                 {"extractor", pipeline.extractor->name()},
                 {"extractor_parameters", to_json(pipeline.extractor->parameters())},
                 {"steps", steps},
                 {"threshold", pipeline.threshold},
                 {"session",
                  {{"size", session.size},
                   {"label", cartwheel::name_of(session.label)},
                   {"target_cart", session.target_cart},
                   {"target_purchase", session.target_purchase},
                   {"horizon_seconds", static_cast<double>(session.horizon) / core::microseconds_per_second},
                   {"gap_seconds", static_cast<double>(session.gap) / core::microseconds_per_second},
                   {"short", session.short_sessions == ShortSessions::keep ? "keep" : "leave_out"}}},
                 {"train_begin", core::format_time(from.train_begin)},
                 {"train_end", core::format_time(from.train_end)},
                 {"train_rows", from.train_rows},
                 {"train_positives", from.train_positives},
                 {"seed", from.seed},
                 {"fitted_with", from.library_version},
                 {"served_with", version()},
                 {"hash", hash}});
}

std::string left_out_reason(LeftOut left_out, std::size_t events, const SessionOptions& options) {
  if (left_out == LeftOut::target_in_window)
    return fmt::format(
        "hold a target (a cart or purchase) among the first {}: this model says whether one follows, so there is "
        "nothing left to predict",
        options.size);
  return fmt::format("are {} so far; the model looks at the first {}, and has no score for a session with fewer",
                     events, options.size);
}

}  // namespace cartwheel::serve
