#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/scoring_server.hpp>
#include <csignal>
#include <ctime>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "core/parallel.hpp"
#include "serve/routes.hpp"

// The only file that knows of Asio and Beast, which take long to compile.
namespace cartwheel {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;

std::int64_t microseconds_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Of HTTP's Date header; made once a second by each thread.
std::string_view date_text() {
  thread_local std::time_t made = 0;
  thread_local std::array<char, 64> text{};
  if (const std::time_t now = std::time(nullptr); now != made) {
    made = now;
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  }
  return text.data();
}

}  // namespace

/// What the connections of a server share.
struct ScoringServer::Impl {
  class Connection;

  Impl(ScoringService& scoring, ServerOptions given);
  void run();
  void stop();

  void accept();
  void look_at_model();
  void look_at_deadlines();
  void wait_for_signals();
  void stop_waiting();
  void add(Connection* connection);
  void forget(Connection* connection);
  /// Calls each connection that is there, on its own strand.
  template <class Call>
  void with_each(const Call& call);
  void log(std::string_view line) {
    const std::scoped_lock lock(log_mutex);
    if (options.log) options.log(line);
  }
  serve::RoutesOptions routes_options();
  net::any_io_executor new_executor() {
    if (options.threads == 1) return io.get_executor();
    return net::make_strand(io);
  }

  ScoringService& service;
  const ServerOptions options;
  std::uint16_t port = 0;
  std::mutex log_mutex;
  serve::ServerMetrics metrics;
  serve::Routes routes;
  std::atomic<bool> draining{false}, loading{false}, running{false};
  std::mutex connections_mutex;
  std::unordered_set<Connection*> connections;
  net::io_context io;
  net::any_io_executor control{net::make_strand(io)};  ///< Of what belongs to no connection.
  tcp::acceptor acceptor{control};
  net::steady_timer accept_again{control}, model_timer{control}, deadline_timer{control}, drain_timer{control};
  net::signal_set signals{control};
  net::thread_pool loader{1};
};

/// One client. All of it runs on one strand. A deadline is a time that the server looks at now and then, so that
/// setting it costs next to nothing.
class ScoringServer::Impl::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, Impl& server) : socket_(std::move(socket)), server_(server) {
    error_code ignored;
    client_ = socket_.remote_endpoint(ignored).address().to_string(ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    server_.metrics.connections_open.fetch_add(1);
    server_.metrics.connections_accepted.fetch_add(1);
    server_.add(this);
  }
  ~Connection() {
    server_.metrics.connections_open.fetch_sub(1);
    server_.forget(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    net::dispatch(socket_.get_executor(), [self = shared_from_this()] { self->next_request(); });
  }

  net::any_io_executor executor() { return socket_.get_executor(); }

  /// Idle clients are let go; others are told with their answer.
  void drain() {
    if (phase_ == Phase::idle || phase_ == Phase::farewell) close();
  }

  void check_deadline() {
    if (Clock::now() < deadline_) return;
    server_.metrics.deadlines_missed.fetch_add(1);
    if (phase_ == Phase::header || phase_ == Phase::body) {
      late_ = true;
      error_code ignored;
      socket_.cancel(ignored);  // the read that waits then answers 408
      deadline_ = Clock::now() + server_.options.write;
      return;
    }
    close();
  }

 private:
  enum class Phase { idle, header, body, answer, farewell };
  enum class Then { next_request, close, farewell };  ///< What follows an answer.
  static constexpr std::size_t read_bytes = 8192;

  void enter(Phase phase, std::chrono::milliseconds time) {
    phase_ = phase;
    deadline_ = Clock::now() + time;
  }

  void next_request() {
    if (server_.draining && buffer_.size() == 0) return close();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_.options.header_bytes));
    parser_->body_limit(server_.options.body_bytes);
    parser_->eager(true);
    if (buffer_.size() == 0) {
      enter(Phase::idle, server_.options.idle);
      return read();
    }
    enter(Phase::header, server_.options.header);
    parse();
  }

  void read() {
    socket_.async_read_some(
        buffer_.prepare(read_bytes),
        [self = shared_from_this()](error_code error, std::size_t size) { self->on_read(error, size); });
  }

  void on_read(error_code error, std::size_t size) {
    if (late_) return refuse(408, "the request was not complete in time");
    if (error) return close();
    buffer_.commit(size);
    if (phase_ == Phase::idle) enter(Phase::header, server_.options.header);
    parse();
  }

  void parse() {
    while (buffer_.size() > 0) {
      error_code error;
      const std::size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error == http::error::need_more) break;
      if (error == http::error::header_limit)
        return refuse(431, fmt::format("the header has more than {} bytes", server_.options.header_bytes));
      if (error == http::error::body_limit)
        return refuse(413, fmt::format("the body has more than {} bytes", server_.options.body_bytes));
      if (error) return refuse(400, fmt::format("this is not HTTP: {}", error.message()));
      if (parser_->is_done()) return answer();
      if (used == 0) break;
    }
    if (parser_->is_header_done() && phase_ == Phase::header) {
      enter(Phase::body, server_.options.body);
      if (view(parser_->get()[http::field::expect]) == "100-continue") return invite_body();
    }
    read();
  }

  void invite_body() {
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(
        socket_, net::buffer(text.data(), text.size()),
        [self = shared_from_this()](error_code error, std::size_t) { error ? self->close() : self->read(); });
  }

  void answer() {
    const auto& message = parser_->get();
    const serve::Request request{view(message.method_string()),
                                 view(message.target()),
                                 message.body(),
                                 view(message[http::field::content_type]),
                                 view(message[http::field::authorization]),
                                 client_};
    const serve::Answer answer = server_.routes.answer(request, microseconds_now());
    const bool keep_alive = message.keep_alive() && !server_.draining;
    write(answer, message.method() == http::verb::head, keep_alive ? Then::next_request : Then::close);
  }

  void refuse(int status, std::string_view reason) {
    serve::Request request;
    request.client = client_;
    write(server_.routes.refuse(request, status, reason), false, Then::farewell);
  }

  void write(const serve::Answer& answer, bool head_only, Then then) {
    enter(Phase::answer, server_.options.write);
    out_.clear();
    fmt::format_to(std::back_inserter(out_),
                   "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                   "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n{}{}\r\n",
                   answer.status, view(http::obsolete_reason(static_cast<http::status>(answer.status))), date_text(),
                   answer.content_type, answer.body.size(), answer.more_headers,
                   then == Then::next_request ? "" : "Connection: close\r\n");
    if (!head_only) out_ += answer.body;
    net::async_write(socket_, net::buffer(out_), [self = shared_from_this(), then](error_code error, std::size_t) {
      if (error || then == Then::close) return self->close();
      then == Then::next_request ? self->next_request() : self->say_farewell();
    });
  }

  /// A socket that is closed with bytes unread takes the answer back from a client that still sends: so these are
  /// taken, up to a limit.
  void say_farewell() {
    enter(Phase::farewell, server_.options.header);
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    take_rest(0);
  }
  void take_rest(std::size_t taken) {
    constexpr std::size_t most = 16 << 20;
    buffer_.clear();
    if (taken > most) return close();
    socket_.async_read_some(buffer_.prepare(read_bytes),
                            [self = shared_from_this(), taken](error_code error, std::size_t size) {
                              error ? self->close() : self->take_rest(taken + size);
                            });
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  Impl& server_;
  std::string client_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string out_;
  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool late_ = false;
};

ScoringServer::Impl::Impl(ScoringService& scoring, ServerOptions given)
    : service(scoring), options(std::move(given)), routes(service, metrics, routes_options()) {
  error_code error;
  const net::ip::address address = net::ip::make_address(options.address, error);
  if (!error) acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4(), error);
  if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind({address, options.port}, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (error)
    throw DataError(fmt::format("cannot listen on {}, port {}: {}; choose another with --port", options.address,
                                options.port, error.message()));
  if (options.stop_on_signals) {  // from now on: one that comes before `run` is not lost
    signals.add(SIGINT);
    signals.add(SIGTERM);
  }
}

serve::RoutesOptions ScoringServer::Impl::routes_options() {
  serve::RoutesOptions of_routes;
  of_routes.token = options.token;
  of_routes.report = options.report;
  of_routes.requests_a_second = options.requests_a_second;
  of_routes.log_requests = options.log_requests;
  of_routes.show_ids = options.show_ids;
  of_routes.id_key = options.id_key;
  of_routes.log = [this](std::string_view line) { log(line); };
  return of_routes;
}

void ScoringServer::Impl::add(Connection* connection) {
  const std::scoped_lock lock(connections_mutex);
  connections.insert(connection);
}

void ScoringServer::Impl::forget(Connection* connection) {
  const std::scoped_lock lock(connections_mutex);
  connections.erase(connection);
  if (running && draining && connections.empty()) net::post(control, [this] { stop_waiting(); });
}

template <class Call>
void ScoringServer::Impl::with_each(const Call& call) {
  std::vector<std::shared_ptr<Connection>> there;  // the last owner of a connection must not hold the lock
  {
    const std::scoped_lock lock(connections_mutex);
    there.reserve(connections.size());
    for (Connection* const connection : connections)
      if (auto alive = connection->weak_from_this().lock()) there.push_back(std::move(alive));
  }
  for (const auto& alive : there) net::post(alive->executor(), [alive, call] { call(*alive); });
}

void ScoringServer::Impl::accept() {
  acceptor.async_accept(new_executor(), [this](error_code error, tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (error) {  // such as too many open files: the clients wait
      accept_again.expires_after(std::chrono::milliseconds(100));
      accept_again.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor.is_open()) accept();
      });
      return;
    }
    if (metrics.connections_open.load() >= options.connections) {
      static constexpr std::string_view text =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";
      metrics.connections_refused.fetch_add(1);
      error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(net::buffer(text.data(), text.size()), ignored);
      socket.shutdown(tcp::socket::shutdown_send, ignored);
    } else {
      std::make_shared<Connection>(std::move(socket), *this)->start();
    }
    accept();
  });
}

void ScoringServer::Impl::look_at_model() {
  if (options.model_check.count() == 0) return;
  model_timer.expires_after(options.model_check);
  model_timer.async_wait([this](error_code cancelled) {
    if (cancelled || draining) return;
    if (!loading.exchange(true))
      net::post(loader, [this] {
        try {
          if (service.reload()) log(fmt::format("the model file was replaced; now serving {}", service.model_hash()));
        } catch (const std::exception& error) {
          log(fmt::format("the model file was replaced, but cannot be served, so the old model stays: {}",
                          error.what()));
        }
        loading = false;
      });
    look_at_model();
  });
}

/// Often enough that no deadline is missed by more than a quarter.
void ScoringServer::Impl::look_at_deadlines() {
  using std::chrono::milliseconds;
  const milliseconds shortest = std::min({options.idle, options.header, options.body, options.write});
  deadline_timer.expires_after(std::clamp(shortest / 4, milliseconds(1), milliseconds(1000)));
  deadline_timer.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    with_each([](Connection& connection) { connection.check_deadline(); });
    look_at_deadlines();
  });
}

void ScoringServer::Impl::wait_for_signals() {
  signals.async_wait([this](error_code cancelled, int) {
    if (cancelled) return;
    log(draining ? "stopping at once" : "stopping: requests that have begun are finished");
    stop();
    wait_for_signals();
  });
}

void ScoringServer::Impl::stop_waiting() {
  error_code ignored;
  for (net::steady_timer* timer : {&accept_again, &model_timer, &deadline_timer, &drain_timer}) timer->cancel(ignored);
  signals.cancel(ignored);
}

void ScoringServer::Impl::stop() {
  if (draining.exchange(true)) return io.stop();
  net::post(control, [this] {
    error_code ignored;
    acceptor.close(ignored);
    model_timer.cancel(ignored);
    with_each([](Connection& connection) { connection.drain(); });
    const bool none_left = [&] {
      const std::scoped_lock lock(connections_mutex);
      return connections.empty();
    }();
    if (none_left) return stop_waiting();
    drain_timer.expires_after(options.drain);
    drain_timer.async_wait([this](error_code cancelled) {
      if (cancelled) return;
      log("stopping: some requests were not finished in time");
      io.stop();
    });
  });
}

void ScoringServer::Impl::run() {
  running = true;
  if (options.stop_on_signals) wait_for_signals();
  look_at_deadlines();
  look_at_model();
  net::post(control, [this] { accept(); });
  const auto work = [this] {
    // A session is too little work for two threads.
    core::with_threads(1, [this] {
      while (true) try {
          io.run();
          return;
        } catch (const std::exception& error) {
          log(fmt::format("a connection failed: {}", error.what()));
        }
    });
  };
  {
    std::vector<std::jthread> helpers;
    for (int t = 1; t < options.threads; ++t) helpers.emplace_back(work);
    work();
  }
  running = false;
  loader.join();
}

void ServerOptions::check() const {
  const auto refuse = [](std::string_view name, auto value, std::string_view range) {
    throw ParameterError(fmt::format("{} is {}; it must be {}", name, value, range));
  };
  if (threads < 1 || threads > 256) refuse("threads", threads, "in [1, 256]");
  if (connections < 1 || connections > 1'000'000) refuse("connections", connections, "in [1, 1000000]");
  if (!(requests_a_second >= 0.0 && requests_a_second <= 1e9)) refuse("rate", requests_a_second, "in [0, 1e9]");
  if (body_bytes < 1 || body_bytes > std::size_t{1} << 30) refuse("body_bytes", body_bytes, "in [1, 2^30]");
  if (header_bytes < 256 || header_bytes > std::size_t{1} << 20) refuse("header_bytes", header_bytes, "in [256, 2^20]");
  for (const auto& [name, time] : {std::pair("idle", idle), std::pair("header", header), std::pair("body", body),
                                   std::pair("write", write), std::pair("drain", drain)})
    if (time.count() < 1 || time > std::chrono::hours(24)) refuse(name, time.count(), "in [1, 86400000] milliseconds");
  if (model_check.count() < 0) refuse("model_check", model_check.count(), "at least 0 milliseconds");
  error_code error;
  const net::ip::address parsed = net::ip::make_address(address, error);
  if (error) refuse("address", "'" + address + "'", "an IPv4 or IPv6 address, such as 127.0.0.1");
  if (!parsed.is_loopback() && token.empty())
    throw ParameterError(fmt::format(
        "{} can be reached from other machines: give a token that clients must send (see --token-file), or listen on "
        "127.0.0.1",
        address));
}

namespace {
ServerOptions checked(ServerOptions options) {
  options.check();
  return options;
}
}  // namespace

ScoringServer::ScoringServer(ScoringService& service, ServerOptions options)
    : impl_(std::make_unique<Impl>(service, checked(std::move(options)))) {}
ScoringServer::~ScoringServer() = default;
std::uint16_t ScoringServer::port() const { return impl_->port; }
void ScoringServer::run() { impl_->run(); }
void ScoringServer::stop() { impl_->stop(); }

}  // namespace cartwheel
