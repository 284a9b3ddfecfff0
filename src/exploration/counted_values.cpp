#include "exploration/counted_values.hpp"

#include <algorithm>

namespace cartwheel::exploration {
namespace {

/// Fills a Distribution from values in increasing order.
class Filler {
 public:
  explicit Filler(std::uint64_t count) { result_.count = count; }

  void add(std::uint64_t value, std::uint64_t times) {
    seen_ += times;
    sum_ += Wide{value} * times;
    while (next_ < result_.quantiles.size() && rank(next_) <= seen_)
      result_.quantiles[next_++] = static_cast<std::int64_t>(value);
  }
  Distribution result() {
    if (result_.count > 0) result_.mean = static_cast<double>(sum_) / static_cast<double>(result_.count);
    return result_;
  }

 private:
  __extension__ typedef unsigned __int128 Wide;

  /// The least count of values that makes the share, at least 1.
  std::uint64_t rank(std::size_t quantile) const {
    const auto share = static_cast<unsigned>(Distribution::thousandths[quantile]);
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>((Wide{result_.count} * share + 999) / 1000));
  }

  Distribution result_;
  std::uint64_t seen_ = 0;
  std::size_t next_ = 0;
  Wide sum_ = 0;
};

}  // namespace

void CountedValues::add_new(std::uint64_t value) {
  if (value >= limit) {
    ++large_[value];
    return;
  }
  small_.resize(std::min(limit, std::max(value + 1, 2 * std::uint64_t{small_.size()})));
  ++small_[value];
}

void CountedValues::add(const CountedValues& more) {
  small_.resize(std::max(small_.size(), more.small_.size()));
  for (std::size_t value = 0; value < more.small_.size(); ++value) small_[value] += more.small_[value];
  for (const auto& [value, times] : more.large_) large_[value] += times;
}

std::uint64_t CountedValues::count(std::uint64_t value) const {
  if (value < small_.size()) return small_[value];
  const auto found = large_.find(value);
  return found == large_.end() ? 0 : found->second;
}

Distribution CountedValues::distribution() const {
  std::uint64_t count = 0;
  for (const std::uint64_t times : small_) count += times;
  for (const auto& [value, times] : large_) count += times;
  Filler filler(count);
  for (std::size_t value = 0; value < small_.size(); ++value)
    if (small_[value] > 0) filler.add(value, small_[value]);
  for (const auto& [value, times] : large_) filler.add(value, times);
  return filler.result();
}

}  // namespace cartwheel::exploration
