#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/scoring_server.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "command.hpp"
#include "core/time.hpp"
#include "interrupt.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

using cartwheel::ParameterError;

constexpr const char* token_variable = "CARTWHEEL_TOKEN";

void add_options(cxxopts::Options& options) {
  const auto text = [](const char* value) { return cxxopts::value<std::string>()->default_value(value); };
  options.add_options()("model", "The model file; a new one in its place is taken over", cxxopts::value<std::string>(),
                        "FILE")("port", "The port to listen on; 0: any that is free", text("8080"), "N")(
      "address", "The address to listen on; another than 127.0.0.1 needs a token", text("127.0.0.1"), "IP")(
      "report", "The folder whose report.html is shown at /", cxxopts::value<std::string>(), "DIR")(
      "token-file", "A file with the token that clients must send (or the variable CARTWHEEL_TOKEN)",
      cxxopts::value<std::string>(), "FILE")("connections", "Connections at most", text("4096"), "N")(
      "rate", "Requests a second of one address, at most; 0: no limit", text("0"), "N")(
      "body-limit", "Bytes of a request at most", text("1048576"), "N")("live-sessions", "Live sessions kept at most",
                                                                        text("100000"), "N")(
      "live-memory", "MiB that live sessions take at most", text("256"), "N")(
      "session-timeout", "A live session is forgotten after so long without an event", text("30m"), "TIME")(
      "log-requests", "Log every request, not only those refused")("show-ids",
                                                                   "Show ids in the log as they are, not hashed");
}

/// The file's first line, or the variable's value; nothing where neither is given.
std::string token_of(const Arguments& arguments) {
  if (!arguments.has("token-file")) {
    const char* const value = std::getenv(token_variable);
    return value == nullptr ? "" : value;
  }
  const std::string path = arguments.text("token-file");
  std::ifstream file(path);
  std::string token;
  if (!file || !std::getline(file, token))
    throw cartwheel::DataError(fmt::format("{}: cannot read a token from this file", path));
  while (token.ends_with('\r') || token.ends_with(' ')) token.pop_back();
  if (token.empty())
    throw cartwheel::DataError(fmt::format("{}: the first line is empty; it must hold the token", path));
  return token;
}

/// Each connection is an open file.
void allow_connections(std::size_t connections) {
  constexpr rlim_t others = 64;
  struct ::rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = connections + others;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void run(const Arguments& arguments) {
  cartwheel::ScoringOptions scoring;
  scoring.live_sessions = arguments.integer("live-sessions", 1, 1'000'000'000);
  scoring.live_bytes = arguments.integer("live-memory", 1, 1 << 20) << 20;
  const auto timeout = cartwheel::core::parse_duration(arguments.text("session-timeout"));
  if (!timeout || *timeout <= 0)
    throw ParameterError(fmt::format("--session-timeout is '{}'; it must be a duration above 0, such as 30m",
                                     arguments.text("session-timeout")));
  scoring.session_timeout = *timeout;

  cartwheel::ServerOptions options;
  options.address = arguments.text("address");
  options.port = static_cast<std::uint16_t>(arguments.integer("port", 0, 65535));
  options.token = token_of(arguments);
  if (arguments.has("report")) options.report = arguments.text("report");
  options.threads = std::max(arguments.threads(), 1);
  options.connections = arguments.integer("connections", 1, 1'000'000);
  options.requests_a_second = arguments.number("rate", 0.0, 1e9);
  options.body_bytes = arguments.integer("body-limit", 1, 1 << 30);
  options.stop_on_signals = true;
  options.log_requests = arguments.has("log-requests");
  options.show_ids = arguments.has("show-ids");
  options.id_key = key_of_ids(arguments);
  if (!arguments.quiet()) options.log = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  options.check();

  cartwheel::ScoringService service(arguments.required("model"), scoring);
  allow_connections(options.connections);
  cartwheel::ScoringServer server(service, options);
  if (interrupted()) throw cartwheel::Cancelled("interrupted");  // while the model was read
  const bool v6 = options.address.find(':') != std::string::npos;
  print(fmt::format("serving {} (model {}) on http://{}{}{}:{}\n", arguments.text("model"), service.model_hash(),
                    v6 ? "[" : "", options.address, v6 ? "]" : "", server.port()));
  server.run();
}

}  // namespace

const Command serve_command{"serve",
                            "--model model.cwm [--port 8080] [--report DIR]",
                            "Score sessions over HTTP, while they happen",
                            "intent_cli serve --model model.cwm --port 8080 --report out",
                            add_options,
                            run};

}  // namespace intent_cli
