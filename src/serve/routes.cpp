#include "serve/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>
#include <chrono>
#include <optional>

#include "core/mapped_file.hpp"
#include "data/escaped_text.hpp"
#include "serve/answer_json.hpp"
#include "serve/request_body.hpp"

namespace cartwheel::serve {
namespace {

constexpr double log_lines_a_second = 100.0;

/// What may be asked, and how.
struct Known {
  std::string_view path, method;
  Route route;
};
constexpr std::array known_routes{
    Known{"/v1/score", "POST", Route::score},  Known{"/v1/events", "POST", Route::events},
    Known{"/v1/model", "GET", Route::model},   Known{"/healthz", "GET", Route::health},
    Known{"/metrics", "GET", Route::metrics},  Known{"/", "GET", Route::page},
    Known{"/report.html", "GET", Route::page},
};

constexpr std::string_view plain_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\"><title>Cartwheel</title><body><h1>Cartwheel</h1><p>This server scores sessions. "
    "It was started without a report (--report DIR, a folder that 'intent_cli run' wrote).</p><ul>"
    "<li>POST /v1/score: the events of one session</li><li>POST /v1/events: events of live sessions</li>"
    "<li><a href=\"/v1/model\">/v1/model</a></li><li><a href=\"/healthz\">/healthz</a></li>"
    "<li><a href=\"/metrics\">/metrics</a></li></ul></body></html>\n";

/// A page may do nothing but show itself, and ask this server.
constexpr std::string_view page_headers =
    "Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\n";

Answer failure(int status, FieldError error, std::string_view more_headers = {}) {
  return {.status = status, .more_headers = more_headers, .body = error_json(error)};
}

/// In a time that does not depend on where they differ.
bool equal_in_constant_time(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const char c = given.empty() ? '\0' : given[i % given.size()];
    difference |= static_cast<unsigned char>(c) ^ static_cast<unsigned char>(wanted[i]);
  }
  return difference == 0;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return equal_but_for_case(type.substr(0, type.find_last_not_of(' ') + 1), "application/json");
}

/// The answer to a body that is wrong, if it is.
std::optional<FieldError> error_of(const Request& request, BodyKind kind, RequestBody& body) {
  auto result = read_body(request.body, kind, body);
  if (auto* error = std::get_if<FieldError>(&result)) return std::move(*error);
  return std::nullopt;
}

std::string words_of(const FieldError& error) {
  return error.field.empty() ? error.reason : error.field + " " + error.reason;
}

}  // namespace

Routes::Routes(ScoringService& service, ServerMetrics& metrics, RoutesOptions options)
    : service_(service),
      metrics_(metrics),
      options_(std::move(options)),
      rate_(options_.requests_a_second),
      log_rate_(log_lines_a_second) {}

Answer Routes::answer(const Request& request, std::int64_t now) {
  Outcome outcome;
  try {
    outcome = route(request, now);
  } catch (const std::exception& error) {
    outcome.answer = failure(500, {"", "the server failed; its log says how"});
    outcome.note = error.what();
  }
  metrics_.count(outcome.route, outcome.answer.status);
  if (options_.log_requests || outcome.answer.status >= 400)
    log(fmt::format("{} {} {} from {}{}{}", outcome.answer.status, request.method, request.target, request.client,
                    outcome.note.empty() ? "" : ": ", outcome.note),
        now);
  return std::move(outcome.answer);
}

Answer Routes::refuse(const Request& request, int status, std::string_view reason) {
  metrics_.count(Route::none, status);
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  log(fmt::format("{} from {}: {}", status, request.client, reason),
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  return failure(status, {"", std::string(reason)});
}

void Routes::log(std::string_view line, std::int64_t now) {
  if (!options_.log) return;
  if (!log_rate_.allows("", now)) {
    metrics_.log_lines_left_out.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  constexpr std::size_t longest_line = 500;
  options_.log(data::escaped(line, longest_line));
}

bool Routes::authorized(const Request& request) const {
  constexpr std::string_view scheme = "Bearer ";
  if (options_.token.empty()) return true;
  const std::string_view given = request.authorization;
  return given.size() > scheme.size() && equal_but_for_case(given.substr(0, scheme.size()), scheme) &&
         equal_in_constant_time(given.substr(scheme.size()), options_.token);
}

std::string Routes::shown(std::string_view id) const {
  if (id.empty()) return "without an id";
  return options_.show_ids ? std::string(id) : hashed_id(id, options_.id_key);
}

Routes::Outcome Routes::route(const Request& request, std::int64_t now) {
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  const auto* const found = std::ranges::find(known_routes, path, &Known::path);
  const Route route = found == known_routes.end() ? Route::none : found->route;
  const auto refused = [&](int status, FieldError error, std::string_view headers = {}) {
    const std::string note = words_of(error);
    return Outcome{failure(status, std::move(error), headers), route, note};
  };
  // Whether the server is well may always be asked, by anyone.
  if (route != Route::health) {
    if (!rate_.allows(request.client, now))
      return refused(429, {"", fmt::format("more than {:g} requests a second", options_.requests_a_second)},
                     "Retry-After: 1\r\n");
    if (!authorized(request))
      return refused(401, {"Authorization", "is not 'Bearer TOKEN' with the server's token"},
                     "WWW-Authenticate: Bearer\r\n");
  }
  if (route == Route::none)
    return refused(404, {"", "no such path; there are /, /v1/score, /v1/events, /v1/model, /healthz and /metrics"});
  const bool post = found->method == "POST";
  if (request.method != found->method && !(request.method == "HEAD" && !post))
    return refused(405, {"", fmt::format("{} takes {} alone", path, post ? "POST" : "GET and HEAD")},
                   post ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n");
  // A page of another site cannot send this type without asking first.
  if (post && !is_json(request.content_type)) return refused(415, {"Content-Type", "must be application/json"});
  switch (route) {
    case Route::score:
      return score(request);
    case Route::events:
      return events(request);
    case Route::model:
      return {model(), route, {}};
    case Route::health:
      return {{.body = "{\"status\":\"ok\"}\n"}, route, {}};
    case Route::metrics: {
      const auto pipeline = service_.model();
      return {{.content_type = "text/plain; version=0.0.4; charset=utf-8",
               .body = metrics_.text(service_.counts(), *pipeline, service_.model_hash())},
              route,
              {}};
    }
    default:
      return {page(), route, {}};
  }
}

Routes::Outcome Routes::score(const Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  RequestBody body;
  if (const auto error = error_of(request, BodyKind::session, body))
    return {failure(400, *error), Route::score, words_of(*error)};
  const SessionScore score = service_.score(body.user, body.session, body.events, body.contributions);
  if (score.left_out != LeftOut::none) {
    const FieldError error{"events", left_out_reason(score.left_out, body.events.size(), service_.model()->session)};
    return {failure(422, error), Route::score, words_of(error)};
  }
  Outcome outcome;
  outcome.answer.body = score_json(body.session, score, body.contributions);
  outcome.route = Route::score;
  if (options_.log_requests) outcome.note = "session " + shown(body.session);
  const auto duration = std::chrono::steady_clock::now() - begin;
  metrics_.time_score(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  return outcome;
}

Routes::Outcome Routes::events(const Request& request) {
  RequestBody body;
  if (const auto error = error_of(request, BodyKind::events, body))
    return {failure(400, *error), Route::events, words_of(*error)};
  std::vector<LiveAnswer> answers;
  answers.reserve(body.events.size());
  for (const EventFields& event : body.events) answers.push_back(service_.add(event));
  return {{.body = live_json(body.events, answers)},
          Route::events,
          options_.log_requests ? fmt::format("{} events, the first of session {}", body.events.size(),
                                              shown(body.events.front().session))
                                : std::string()};
}

Answer Routes::model() const { return {.body = model_json(*service_.model(), service_.model_hash())}; }

Answer Routes::page() const {
  Answer answer{.content_type = "text/html; charset=utf-8", .more_headers = page_headers, .body = {}};
  if (options_.report.empty()) {
    answer.body = plain_page;
    return answer;
  }
  try {
    answer.body = core::MappedFile(options_.report / "report.html").bytes();
    return answer;
  } catch (const DataError&) {
    return failure(404, {"", "there is no report.html in the folder that --report names"});
  }
}

}  // namespace cartwheel::serve
