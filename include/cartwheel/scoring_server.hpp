#pragma once

#include <cartwheel/scoring_service.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace [[gnu::visibility("default")]] cartwheel {

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< An IPv4 or IPv6 address of this machine.
  std::uint16_t port = 8080;          ///< 0: any that is free, see ScoringServer::port.
  /// What clients must send as "Authorization: Bearer TOKEN", but for GET /healthz. Empty: nothing; for loopback
  /// addresses alone.
  std::string token;
  std::filesystem::path report;        ///< The folder whose report.html is shown at /; empty: none.
  int threads = 1;                     ///< That answer, [1, 256].
  std::size_t connections = 4096;      ///< At most at a time, [1, 1000000]; one more is answered 503.
  double requests_a_second = 0.0;      ///< Of one address; 0: no limit. Beyond, 429.
  std::size_t body_bytes = 1 << 20;    ///< Of a request at most, [1, 2^30]; beyond, 413.
  std::size_t header_bytes = 8 << 10;  ///< [256, 2^20]; beyond, 431.
  /// How long a client may take, each > 0: between requests; from the first byte to the end of the header; from there
  /// to the end of the body; to take the answer. Whoever is late is cut off (in the middle of a request, with 408).
  std::chrono::milliseconds idle{60'000}, header{10'000}, body{30'000}, write{30'000};
  std::chrono::milliseconds drain{10'000};       ///< How long a stop waits for requests that have begun.
  std::chrono::milliseconds model_check{1'000};  ///< How often the model file is looked at; 0: never.
  bool stop_on_signals = false;                  ///< SIGINT and SIGTERM stop the server; a second one at once.
  bool log_requests = false;                     ///< A log line for each request, not only for those refused.
  bool show_ids = false;                         ///< In the log as they are, instead of hashed.
  std::uint64_t id_key = 0;                      ///< Of that hash.
  /// Takes log lines, without line end. Called from several threads, but one at a time.
  std::function<void(std::string_view line)> log;

  /// @throws ParameterError naming the option that is out of range, and without a token for other addresses than
  /// loopback ones.
  void check() const;
};

/// Puts a ScoringService on the network, as HTTP/1.1: docs/server.md has the paths. Asynchronous: a slow client costs
/// memory (about 10 KB), not a thread.
class ScoringServer {
 public:
  /// Opens the port; connections wait until `run`. @param service  must outlive the server.
  /// @throws ParameterError; DataError where the port cannot be had.
  ScoringServer(ScoringService& service, ServerOptions options);
  ~ScoringServer();
  ScoringServer(const ScoringServer&) = delete;
  ScoringServer& operator=(const ScoringServer&) = delete;

  std::uint16_t port() const;
  /// Answers until `stop`: then no connection is taken any more, idle ones are closed, requests that have begun are
  /// finished. To be called once.
  void run();
  /// From any thread; a second call does not wait for requests.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cartwheel
