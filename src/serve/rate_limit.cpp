#include "serve/rate_limit.hpp"

#include <algorithm>

namespace cartwheel::serve {

bool RateLimit::allows(std::string_view client, std::int64_t now) {
  if (a_second_ <= 0.0) return true;
  const double full = std::max(a_second_, 1.0);
  const std::scoped_lock lock(mutex_);
  const auto found = by_client_.find(client);
  if (found != by_client_.end()) {
    buckets_.splice(buckets_.end(), buckets_, found->second);
  } else {
    if (buckets_.size() == most_clients) {
      by_client_.erase(buckets_.front().client);
      buckets_.pop_front();
    }
    buckets_.push_back({std::string(client), full, now});
    by_client_.emplace(buckets_.back().client, std::prev(buckets_.end()));
  }
  Bucket& bucket = buckets_.back();
  bucket.tokens = std::min(full, bucket.tokens + a_second_ * static_cast<double>(now - bucket.filled) * 1e-6);
  bucket.filled = now;
  if (bucket.tokens < 1.0) return false;
  bucket.tokens -= 1.0;
  return true;
}

}  // namespace cartwheel::serve
