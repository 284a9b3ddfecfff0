#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/generate.hpp>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/parallel.hpp"
#include "data/shop_rows.hpp"
#include "data/shop_sessions.hpp"

namespace cartwheel {
namespace {

using data::ShopEvent;
using data::ShopRows;
using data::ShopSessions;

/// Small enough for a thread's cache, large enough for few sessions to reach into the next block.
constexpr std::uint64_t sessions_a_block = 4096;
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// Tells how far the work is, at most a hundred times in all.
class Teller {
 public:
  Teller(const ProgressCallback& progress, std::uint64_t total) : progress_(progress), total_(total) {}
  void tell(std::uint64_t done) {
    if (done < next_) return;
    next_ = done + std::max<std::uint64_t>(1, total_ / 100);
    if (progress_ && !progress_({"generating", done, total_})) throw Cancelled("generating was stopped");
  }

 private:
  const ProgressCallback& progress_;
  std::uint64_t total_, next_ = 0;
};

/// The rows of one stretch of time.
class Text {
 public:
  /// Writes the rows in order of time; of equal times, in the order given.
  void write(const std::vector<ShopEvent>& events, std::int64_t first_time, ShopRows rows) {
    order_.clear();
    for (std::uint64_t i = 0; i < events.size(); ++i)
      order_.push_back(static_cast<std::uint64_t>(events[i].time - first_time) << 32 | i);
    std::ranges::sort(order_);
    reserve(events.size() * rows.longest_row());
    char* out = bytes_.get();
    constexpr std::size_t ahead = 12;
    const auto event = [&](std::size_t i) -> const ShopEvent& { return events[order_[i] & 0xffffffffu]; };
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (i + ahead < order_.size()) rows.prepare(event(i + ahead));
      out = rows.add(event(i), out);
    }
    size_ = static_cast<std::size_t>(out - bytes_.get());
  }
  std::string_view text() const { return {bytes_.get(), size_}; }
  std::size_t row_count() const { return order_.size(); }

 private:
  void reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    bytes_ = std::make_unique_for_overwrite<char[]>(bytes);
    capacity_ = bytes;
  }

  std::vector<std::uint64_t> order_;  ///< Seconds since the first time, and the event's position.
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0, size_ = 0;
};

/// Makes the log a group of blocks at a time. A block is a stretch of sessions by number, and so by start; it owns the
/// time from its first session's start to the next block's. The events of its sessions that come later go to the block
/// whose time it is: in this group, or later ones. Every event list is in order of (session, event), so the order of
/// equal times is that of the sessions, however the work is cut up.
class Press {
 public:
  explicit Press(const ShopSessions& sessions, std::uint64_t seed)
      : sessions_(sessions), rows_(sessions.catalogue(), seed) {}

  bool done() const { return next_ == sessions_.visits().session_count(); }

  /// Makes the texts of the next blocks, in order. @param meanwhile  done beside it, on any thread.
  void print(std::size_t most_blocks, std::vector<Text>& texts, const std::function<void()>& meanwhile) {
    set_blocks(most_blocks);
    const std::size_t blocks = first_session_.size() - 1;
    events_.resize(blocks);
    texts.resize(blocks);
    core::parallel_for(blocks + 1, [&](std::size_t task) { task == 0 ? meanwhile() : make_events(task - 1); });
    core::parallel_for(blocks, [&](std::size_t b) { texts[b].write(gather(b), begin_[b], rows_); });
    later_.erase(later_.begin(), later_.lower_bound(begin_[blocks]));
    for (std::size_t b = 0; b < blocks; ++b)
      for (const ShopEvent& event : events_[b][blocks]) later_[event.time].push_back(event);
    next_ = first_session_[blocks];
  }

 private:
  void set_blocks(std::size_t most_blocks) {
    const std::uint64_t sessions = sessions_.visits().session_count();
    first_session_ = {next_};
    begin_ = {sessions_.visits().start(next_)};
    while (first_session_.back() < sessions && first_session_.size() <= most_blocks) {
      const std::uint64_t end = std::min(sessions, first_session_.back() + sessions_a_block);
      first_session_.push_back(end);
      begin_.push_back(end < sessions ? sessions_.visits().start(end) : std::numeric_limits<std::int64_t>::max());
    }
  }

  /// The events of block b's sessions, by the block whose time it is; at the end what lies beyond this group.
  void make_events(std::size_t b) {
    std::vector<std::vector<ShopEvent>>& by_block = events_[b];
    by_block.resize(first_session_.size());
    for (auto& events : by_block) events.clear();
    for (std::uint64_t session = first_session_[b]; session < first_session_[b + 1]; ++session) {
      std::size_t at = b;
      sessions_.walk(session, [&](const ShopEvent& event) {
        while (at + 1 < begin_.size() && event.time >= begin_[at + 1]) ++at;
        by_block[at].push_back(event);
      });
    }
  }

  /// All events in block b's time.
  std::vector<ShopEvent> gather(std::size_t b) const {
    std::vector<ShopEvent> events;
    for (auto at = later_.lower_bound(begin_[b]); at != later_.end() && at->first < begin_[b + 1]; ++at)
      events.insert(events.end(), at->second.begin(), at->second.end());
    for (std::size_t from = 0; from <= b; ++from)
      events.insert(events.end(), events_[from][b].begin(), events_[from][b].end());
    return events;
  }

  const ShopSessions& sessions_;
  ShopRows rows_;
  std::uint64_t next_ = 0;                                   ///< The first session that is not made yet.
  std::vector<std::uint64_t> first_session_;                 ///< Of each block of this group, and of the next group.
  std::vector<std::int64_t> begin_;                          ///< When these start.
  std::vector<std::vector<std::vector<ShopEvent>>> events_;  ///< [from block][to block]
  std::map<std::int64_t, std::vector<ShopEvent>> later_;     ///< Events of earlier groups' sessions, by second.
};

void check_range(std::string_view name, double value, double high) {
  if (!(value >= 0.0 && value <= high))
    throw ParameterError(fmt::format("{} is {}; it must be in [0, {}]", name, value, high));
}

void check_count(std::string_view name, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (value < low || value > high)
    throw ParameterError(fmt::format("{} is {}; it must be in [{}, {}]", name, value, low, high));
}

void check(const GenerateOptions& options) {
  if (options.events < 1 || options.events > 100'000'000'000)
    throw ParameterError(fmt::format("events is {}; it must be in [1, 10^11]", options.events));
  if (options.days < 1 || options.days > 3650)
    throw ParameterError(fmt::format("days is {}; it must be in [1, 3650]", options.days));
  check_count("products", options.products, 0, 5'000'000);
  check_count("categories", options.categories, 1, 10'000);
  check_count("brands", options.brands, 1, 100'000);
  check_range("category_missing", options.category_missing, 1.0);
  check_range("brand_missing", options.brand_missing, 1.0);
  check_range("cart_rate", options.cart_rate, 0.15);
  check_range("seasonality", options.seasonality, 3.0);
  check_range("signal", options.signal, 3.0);
  check_range("malformed", options.malformed, 1.0);
}

}  // namespace

void generate_events(const GenerateOptions& options, const std::function<void(std::string_view)>& write) {
  check(options);
  const ShopSessions sessions(options);
  Press press(sessions, options.seed);
  Teller teller(options.progress, options.events);
  const auto blocks_at_a_time = 4 * static_cast<std::size_t>(core::thread_count());
  write(data::shop_header);
  std::uint64_t done = 0;
  std::vector<Text> printed, next;
  const auto write_printed = [&] {
    for (const Text& part : printed) {
      teller.tell(done);
      for (std::string_view rest = part.text(); !rest.empty(); rest.remove_prefix(std::min(rest.size(), piece_bytes)))
        write(rest.substr(0, piece_bytes));
      done += part.row_count();
    }
  };
  while (!press.done()) {
    press.print(blocks_at_a_time, next, write_printed);
    std::swap(printed, next);
  }
  write_printed();
  if (options.progress) options.progress({"generating", options.events, options.events});
}

}  // namespace cartwheel
