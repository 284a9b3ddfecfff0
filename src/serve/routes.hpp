#pragma once

#include <cartwheel/scoring_service.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "serve/rate_limit.hpp"
#include "serve/server_metrics.hpp"

namespace cartwheel::serve {

/// A request, whatever brought it. Views of the caller's.
struct Request {
  std::string_view method, target, body;
  std::string_view content_type, authorization;  ///< Header fields; empty where absent.
  std::string_view client;                       ///< Its address.
};

struct Answer {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string_view more_headers = {};  ///< Whole lines.
  std::string body;
};

struct RoutesOptions {
  std::string token;               ///< Empty: none is asked for.
  std::filesystem::path report;    ///< Folder with report.html; empty: none.
  double requests_a_second = 0.0;  ///< Of each client; 0: no limit.
  bool log_requests = false;       ///< A line for each request, not only for those refused.
  bool show_ids = false;           ///< In log lines as they are, instead of hashed.
  std::uint64_t id_key = 0;        ///< Of the hash.
  std::function<void(std::string_view)> log;
};

/// What the server answers: everything but the network. Safe to use from several threads.
class Routes {
 public:
  Routes(ScoringService& service, ServerMetrics& metrics, RoutesOptions options);

  /// Never throws; an unforeseen failure is an answer 500, and a log line. @param now  microseconds, never decreasing.
  Answer answer(const Request& request, std::int64_t now);
  /// The answer to what is no request, such as one with a header that is too long; counted and logged.
  Answer refuse(const Request& request, int status, std::string_view reason);
  void log(std::string_view line, std::int64_t now);

 private:
  struct Outcome {
    Answer answer;
    Route route = Route::none;
    std::string note;  ///< For the log.
  };

  Outcome route(const Request& request, std::int64_t now);
  Outcome score(const Request& request);
  Outcome events(const Request& request);
  Answer model() const;
  Answer page() const;
  bool authorized(const Request& request) const;
  std::string shown(std::string_view id) const;

  ScoringService& service_;
  ServerMetrics& metrics_;
  const RoutesOptions options_;
  RateLimit rate_;
  RateLimit log_rate_;
};

}  // namespace cartwheel::serve
