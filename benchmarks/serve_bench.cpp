#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/scoring_server.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

// serve_bench MODEL EVENTS [SECONDS] [CONNECTIONS] [LIVE_SESSIONS]
//
// A server on one core, and clients on another that keep a request in flight on each connection: requests a second and
// latency; GET /healthz beside 1,000 slow connections; memory over many live sessions. Scores are checked first.
namespace {

using namespace cartwheel;
using Clock = std::chrono::steady_clock;

void stay_on_core(int core) {
  ::cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) != 0)
    throw DataError("cannot connect to the server");
  return socket;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) throw DataError("the server closed a connection");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// Takes what has come, and says whether that is a whole answer.
bool receive_some(int socket, std::string& buffer) {
  std::array<char, 65536> bytes;
  const ::ssize_t n = ::recv(socket, bytes.data(), bytes.size(), 0);
  if (n <= 0) throw DataError("the server closed a connection");
  buffer.append(bytes.data(), static_cast<std::size_t>(n));
  const std::size_t end = buffer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t at = buffer.find(name);
  return buffer.size() >= end + 4 + std::strtoul(buffer.c_str() + at + name.size(), nullptr, 10);
}

std::string ask(int socket, std::string_view request) {
  send_all(socket, request);
  std::string answer;
  while (!receive_some(socket, answer)) {
  }
  return answer;
}

std::string post(std::string_view path, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", path,
      body.size(), body);
}

/// Requests for the table's first sessions, and the probability that each must be given.
struct Sessions {
  std::vector<std::string> requests, probabilities;
};

Sessions requests_for(const Pipeline& pipeline, const SessionTable& t, std::size_t most) {
  Sessions sessions;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < std::min(most, t.size()); ++row) rows.push_back(row);
  const std::vector<double> probability = pipeline.predict_proba(t, rows);
  for (const std::uint32_t row : rows) {
    std::string body = R"({"events":[)";
    for (std::uint32_t i = 0; i < t.event_count[row]; ++i) {
      const std::size_t at = std::size_t{row} * static_cast<std::size_t>(t.options.size) + i;
      body += fmt::format(
          R"({}{{"event_time":{},"event_type":"{}","product_id":"{}","category_id":"{}","category_code":"{}","brand":"{}")",
          i == 0 ? "" : ",", t.time[at], name_of(t.type[at]), t.log.products()[t.product[at]],
          t.log.category_ids()[t.category_id[at]], t.log.category_codes()[t.category_code[at]],
          t.log.brands()[t.brand[at]]);
      if (t.price[at] != missing_price)
        body += fmt::format(R"(,"price":{}.{:04})", t.price[at] / price_scale, t.price[at] % price_scale);
      body += "}";
    }
    sessions.requests.push_back(post("/v1/score", body + "]}"));
    sessions.probabilities.push_back(fmt::format("\"probability\":{},", probability[row]));
  }
  return sessions;
}

void check(std::uint16_t port, const Sessions& sessions) {
  const int socket = connect_to(port);
  std::size_t different = 0;
  for (std::size_t i = 0; i < sessions.requests.size(); ++i)
    different += ask(socket, sessions.requests[i]).find(sessions.probabilities[i]) == std::string::npos ? 1 : 0;
  ::close(socket);
  fmt::print("scores checked: {} of {} sessions have the probability of predict\n",
             sessions.requests.size() - different, sessions.requests.size());
}

void load(std::uint16_t port, const Sessions& sessions, double seconds, std::size_t connections) {
  struct Client {
    int socket;
    std::string buffer;
    Clock::time_point sent;
  };
  std::vector<Client> clients;
  const int poll = ::epoll_create1(0);
  for (std::size_t c = 0; c < connections; ++c) {
    clients.push_back({connect_to(port), {}, {}});
    ::epoll_event event{.events = EPOLLIN, .data = {.u64 = c}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, clients.back().socket, &event);
  }
  std::size_t next = 0;
  const auto send_next = [&](Client& client) {
    client.buffer.clear();
    client.sent = Clock::now();
    send_all(client.socket, sessions.requests[next++ % sessions.requests.size()]);
  };
  const Clock::time_point begin = Clock::now();
  for (Client& client : clients) send_next(client);
  std::vector<double> latency;
  while (seconds_since(begin) < seconds) {
    std::array<::epoll_event, 256> ready;
    const int count = ::epoll_wait(poll, ready.data(), ready.size(), 100);
    for (int i = 0; i < count; ++i) {
      Client& client = clients[ready[static_cast<std::size_t>(i)].data.u64];
      if (!receive_some(client.socket, client.buffer)) continue;
      if (!client.buffer.starts_with("HTTP/1.1 200")) throw DataError("a session was not scored");
      latency.push_back(seconds_since(client.sent));
      send_next(client);
    }
  }
  const double duration = seconds_since(begin);
  for (const Client& client : clients) ::close(client.socket);
  ::close(poll);
  std::ranges::sort(latency);
  const auto at = [&](double share) {
    return 1e3 * latency[static_cast<std::size_t>(share * double(latency.size() - 1))];
  };
  fmt::print("{} connections: {:.0f} scores a second; latency p50 {:.3f} ms, p99 {:.3f} ms, p99.9 {:.3f} ms\n",
             connections, static_cast<double>(latency.size()) / duration, at(0.5), at(0.99), at(0.999));
}

void beside_slow_connections(std::uint16_t port) {
  std::vector<int> slow;
  for (int i = 0; i < 1000; ++i) {
    slow.push_back(connect_to(port));
    send_all(slow.back(), "POST /v1/score HTTP/1.1\r\nContent-Le");
  }
  double worst = 0.0;
  for (int i = 0; i < 100; ++i) {
    const Clock::time_point begin = Clock::now();
    const int socket = connect_to(port);
    ask(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ::close(socket);
    worst = std::max(worst, seconds_since(begin));
  }
  for (const int socket : slow) ::close(socket);
  fmt::print("1000 slow connections open: slowest of 100 new connections for /healthz {:.3f} ms\n", 1e3 * worst);
}

double resident_megabytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  double total = 0.0, resident = 0.0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) * 1e-6;
}

void many_live_sessions(std::uint16_t port, pid_t server, std::size_t sessions) {
  const int socket = connect_to(port);
  constexpr std::size_t batch = 300;
  const Clock::time_point begin = Clock::now();
  for (std::size_t at = 0; at < sessions; at += batch) {
    std::string body = R"({"events":[)";
    for (std::size_t s = at; s < std::min(sessions, at + batch); ++s)
      for (int e = 0; e < 2; ++e)
        body += fmt::format(
            R"({}{{"event_time":{},"event_type":"view","product_id":"p{}","user_id":"u{}","user_session":"live{}"}})",
            body.ends_with('[') ? "" : ",", 1'900'000'000 + s, s % 1000, s, s);
    ask(socket, post("/v1/events", body + "]}"));
    const std::size_t tenth = sessions / 10 / batch * batch;
    if (tenth > 0 && at % tenth == 0)
      fmt::print("  {:>8} live sessions so far: {:.1f} MB\n", at, resident_megabytes(server));
  }
  fmt::print("{} live sessions of 2 events: {:.0f} events a second, {:.1f} MB in the end\n", sessions,
             2.0 * static_cast<double>(sessions) / seconds_since(begin), resident_megabytes(server));
  ::close(socket);
}

int serve(const char* model) {
  stay_on_core(0);
  ScoringService service(model);
  ServerOptions options;
  options.port = 0;
  options.stop_on_signals = true;
  ScoringServer server(service, options);
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  server.run();
  return 0;
}

/// This program again, as a server: so that it has a process, and a core, of its own.
struct Server {
  explicit Server(const char* program, const char* model) {
    int ends[2];
    if (::pipe(ends) != 0) throw DataError("no pipe");
    process = ::fork();
    if (process == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(program, program, "--serve", model, nullptr);
      std::_Exit(127);
    }
    ::close(ends[1]);
    std::string text;
    for (char c; ::read(ends[0], &c, 1) == 1 && c != '\n';) text += c;
    ::close(ends[0]);
    port = static_cast<std::uint16_t>(std::atoi(text.c_str()));
    if (port == 0) throw DataError("the server did not start");
  }
  ~Server() {
    ::kill(process, SIGTERM);
    ::waitpid(process, nullptr, 0);
  }
  pid_t process = -1;
  std::uint16_t port = 0;
};

int run(int argc, char** argv) {
  const double seconds = argc > 3 ? std::atof(argv[3]) : 5.0;
  const std::size_t connections = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 32;
  const std::size_t live_sessions = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 1'000'000;
  struct ::rlimit files {};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
  ::setrlimit(RLIMIT_NOFILE, &files);

  const Pipeline pipeline = load_pipeline(argv[1]);
  Account account;
  const std::array<std::filesystem::path, 1> logs{argv[2]};
  const SessionTable table = build_sessions(read_events(logs, {}, account), pipeline.session, account);
  const Sessions sessions = requests_for(pipeline, table, 5000);
  stay_on_core(1);
  const Server server(argv[0], argv[1]);
  check(server.port, sessions);
  load(server.port, sessions, 1.0, connections);  // warms up
  load(server.port, sessions, seconds, connections);
  load(server.port, sessions, seconds, 1);
  beside_slow_connections(server.port);
  many_live_sessions(server.port, server.process, live_sessions);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 3 && std::string_view(argv[1]) == "--serve") return serve(argv[2]);
    if (argc >= 3) return run(argc, argv);
    fmt::print(stderr, "usage: serve_bench MODEL EVENTS [SECONDS] [CONNECTIONS] [LIVE_SESSIONS]\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
  }
  return 1;
}
