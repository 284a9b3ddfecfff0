#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cartwheel::serve {

/// How often each client may ask: a bucket of tokens each, which fills at `a_second`, and holds one second's worth.
/// Bounded: of many clients those who asked longest ago are forgotten, and start again with a full bucket.
class RateLimit {
 public:
  static constexpr std::size_t most_clients = 10'000;

  /// @param a_second  requests; 0: no limit.
  explicit RateLimit(double a_second) : a_second_(a_second) {}

  /// Takes a token if there is one. @param now  microseconds, never decreasing.
  bool allows(std::string_view client, std::int64_t now);

 private:
  struct Bucket {
    std::string client;
    double tokens;
    std::int64_t filled;
  };

  double a_second_;
  std::mutex mutex_;
  std::list<Bucket> buckets_;  ///< Who asked last is the last.
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_client_;
};

}  // namespace cartwheel::serve
