#include "exploration/event_counts.hpp"

#include <algorithm>
#include <limits>

#include "exploration/sum_over_blocks.hpp"
#include "selection/progress_meter.hpp"

namespace cartwheel::exploration {
namespace {

constexpr std::size_t block_rows = std::size_t{1} << 18;

void add_types(TypeCounts& counts, const TypeCounts& more) { add_counts(counts, more); }

template <class Seasons>
void add_seasons(Seasons& seasons, const Seasons& more) {
  for (std::size_t i = 0; i < seasons.size(); ++i) add_types(seasons[i], more[i]);
}

void count_sales(std::vector<SalesCounts>& counts, std::span<const Code> codes, std::span<const EventType> types) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    SalesCounts& own = counts[codes[i]];
    own.views += types[i] == EventType::view ? 1 : 0;
    own.carts += types[i] == EventType::cart ? 1 : 0;
    own.purchases += types[i] == EventType::purchase ? 1 : 0;
  }
}

std::uint64_t count_missing(std::span<const Code> codes) {
  return static_cast<std::uint64_t>(std::ranges::count(codes, missing_code));
}

void count_prices(EventCounts& counts, std::span<const std::int64_t> prices) {
  for (const std::int64_t price : prices) {
    counts.missing[4] += price == missing_price ? 1 : 0;
    counts.negative_prices += price < 0 && price != missing_price ? 1 : 0;
    counts.zero_prices += price == 0 ? 1 : 0;
  }
}

void count_times(EventCounts& counts, const Calendar& calendar, std::span<const std::int64_t> times,
                 std::span<const EventType> types) {
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Place place = calendar.place(times[i]);
    const auto type = static_cast<std::size_t>(types[i]);
    ++counts.days[place.day][type];
    ++counts.hours[place.hour][type];
  }
}

}  // namespace

TimeOrder time_order(const EventLog& log) {
  const std::span<const std::int64_t> time = log.time();
  if (time.empty()) return {};
  struct Extent {
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = std::numeric_limits<std::int64_t>::min();
  };
  std::vector<Extent> blocks((time.size() + block_rows - 1) / block_rows);
  core::parallel_for_blocks(time.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    const auto [first, last] = std::ranges::minmax(time.subspan(begin, end - begin));
    blocks[begin / block_rows] = {first, last};
  });
  TimeOrder order{blocks[0].first, blocks[0].last, 0};
  std::vector<std::int64_t> latest_before(blocks.size(), std::numeric_limits<std::int64_t>::min());
  for (std::size_t b = 1; b < blocks.size(); ++b) {
    latest_before[b] = order.last;
    order.first = std::min(order.first, blocks[b].first);
    order.last = std::max(order.last, blocks[b].last);
  }
  std::vector<std::uint64_t> late(blocks.size());
  core::parallel_for_blocks(time.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    std::int64_t latest = latest_before[begin / block_rows];
    std::uint64_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      count += time[i] < latest ? 1 : 0;
      latest = std::max(latest, time[i]);
    }
    late[begin / block_rows] = count;
  });
  for (const std::uint64_t count : late) order.out_of_order += count;
  return order;
}

void EventCounts::add(const EventCounts& more) {
  add_seasons(days, more.days);
  add_seasons(hours, more.hours);
  add_counts(categories, more.categories);
  add_counts(brands, more.brands);
  add_counts(products, more.products);
  add_counts(missing, more.missing);
  negative_prices += more.negative_prices;
  zero_prices += more.zero_prices;
}

EventCounts count_events(const EventLog& log, const Calendar& calendar, const ProgressCallback& progress) {
  EventCounts zero;
  zero.days.resize(calendar.days());
  zero.categories.resize(log.category_codes().size());
  zero.brands.resize(log.brands().size());
  zero.products.resize(log.products().size());
  selection::ProgressMeter meter(progress, "counting events", (log.size() + block_rows - 1) / block_rows);
  EventCounts counts =
      sum_over_blocks(log.size(), block_rows, zero, [&](EventCounts& sum, std::size_t begin, std::size_t end) {
        const auto part = [&](auto column) { return column.subspan(begin, end - begin); };
        const std::span<const EventType> types = part(log.type());
        count_sales(sum.categories, part(log.category_code()), types);
        count_sales(sum.brands, part(log.brand()), types);
        count_sales(sum.products, part(log.product()), types);
        count_times(sum, calendar, part(log.time()), types);
        count_prices(sum, part(log.price()));
        const std::array codes{log.product(),           log.category_id(), log.category_code(), log.brand(),
                               std::span<const Code>(), log.user(),        log.session()};
        for (std::size_t c = 0; c < codes.size(); ++c)
          if (!codes[c].empty()) sum.missing[c] += count_missing(part(codes[c]));
        meter.finish_one();
      });
  for (std::size_t day = 0; day < counts.days.size(); ++day)
    add_types(counts.weekdays[calendar.weekday_of_day(day)], counts.days[day]);
  for (const TypeCounts& hour : counts.hours) add_types(counts.types, hour);
  return counts;
}

}  // namespace cartwheel::exploration
