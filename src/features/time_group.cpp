#include <fmt/format.h>

#include <array>
#include <cmath>

#include "core/time.hpp"
#include "features/float_columns.hpp"
#include "features/groups.hpp"
#include "features/window_columns.hpp"

namespace cartwheel::features {
namespace {

constexpr std::size_t days = 7, hours = 24;

/// sin(2 pi i / 7) and cos(2 pi i / 7), rounded once: no library computes them at run time.
constexpr std::array<double, days> week_sine{0.0,
                                             0.7818314824680298,
                                             0.9749279121818236,
                                             0.4338837391175581,
                                             -0.4338837391175581,
                                             -0.9749279121818236,
                                             -0.7818314824680298};
constexpr std::array<double, days> week_cosine{1.0,
                                               0.6234898018587336,
                                               -0.2225209339563144,
                                               -0.9009688679024191,
                                               -0.9009688679024191,
                                               -0.2225209339563144,
                                               0.6234898018587336};
/// sin(2 pi i / 24) for i = 0 to 6; the rest of the circle mirrors it.
constexpr std::array<double, 7> quarter_day_sine{
    0.0, 0.25881904510252074, 0.5, 0.7071067811865476, 0.8660254037844386, 0.9659258262890683, 1.0};

double day_sine(std::size_t hour) {
  const std::size_t half = hour % 12;
  const double sine = quarter_day_sine[half <= 6 ? half : 12 - half];
  return hour < 12 ? sine : -sine;
}
double day_cosine(std::size_t hour) { return day_sine((hour + 6) % hours); }

/// How quickly the events of a window follow each other, and when it is at the shopper's place.
class TimeGroup final : public FeatureGroup {
 public:
  explicit TimeGroup(const ExtractorV2Options& options)
      : session_size_(options.session_size),
        calendar_(options.calendar),
        offset_(static_cast<std::int64_t>(std::llround(options.utc_offset_hours * core::microseconds_per_hour))) {}

  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override {
    constexpr const char* unit = "natural logarithm of 1 + seconds ";
    std::vector<FeatureDefinition> list;
    list.push_back({"duration", fmt::format("{}from the window's first event to its last", unit), "no"});
    list.push_back({"gap_mean", fmt::format("{}between its events, on average; missing for one event", unit), "no"});
    list.push_back({"gap_min", fmt::format("{}of the shortest pause; missing for one event", unit), "no"});
    list.push_back({"gap_max", fmt::format("{}of the longest pause; missing for one event", unit), "no"});
    for (std::size_t gap = 1; gap < session_size_; ++gap)
      list.push_back({fmt::format("gap_{}", gap),
                      fmt::format("{}from event {} to event {}; missing without event {}", unit, gap, gap + 1, gap + 1),
                      "no"});
    const std::string zone = offset_ == 0 ? "UTC" : "local time (utc_offset)";
    switch (calendar_) {
      case Calendar::raw:
        if (offset_ == 0) break;  // group base has them
        list.push_back({"local_weekday", "day of the week of the first event, " + zone + "; Monday is 0", "no"});
        list.push_back({"local_hour", "hour of the day of the first event, " + zone + "; 0 to 23", "no"});
        break;
      case Calendar::one_hot:
        for (std::size_t day = 0; day < days; ++day)
          list.push_back({fmt::format("weekday_is_{}", day),
                          fmt::format("1 if the first event is on day {} of the week, {}; Monday is 0", day, zone),
                          "no"});
        for (std::size_t hour = 0; hour < hours; ++hour)
          list.push_back(
              {fmt::format("hour_is_{}", hour), fmt::format("1 if it is in hour {} of the day, {}", hour, zone), "no"});
        break;
      case Calendar::cyclic:
        for (const char* function : {"sin", "cos"}) {
          list.push_back({fmt::format("weekday_{}", function),
                          fmt::format("{}(2 pi weekday / 7) of the first event, {}; Monday is 0", function, zone),
                          "no"});
          list.push_back({fmt::format("hour_{}", function),
                          fmt::format("{}(2 pi hour / 24) of the first event, {}", function, zone), "no"});
        }
        break;
    }
    return list;
  }

  Columns columns(const WindowRows& windows) const override {
    Columns columns = window_columns(windows, TimeFeatures{session_size_});
    add_calendar(windows, columns);
    return columns;
  }

 private:
  void add_calendar(const WindowRows& windows, Columns& columns) const {
    const auto day_of = [&](std::size_t i) {
      return static_cast<std::size_t>(core::weekday(windows.sessions.start[windows.rows[i]] + offset_));
    };
    const auto hour_of = [&](std::size_t i) {
      return static_cast<std::size_t>(core::hour(windows.sessions.start[windows.rows[i]] + offset_));
    };
    const auto append = [&](Columns more) {
      for (auto& column : more) columns.push_back(std::move(column));
    };
    switch (calendar_) {
      case Calendar::raw:
        if (offset_ == 0) return;
        return append(columns_by_row(2, windows.size(), [&](std::size_t i, FloatColumns& out) {
          out(0, i) = static_cast<float>(day_of(i));
          out(1, i) = static_cast<float>(hour_of(i));
        }));
      case Calendar::one_hot: {
        std::vector<BitColumn> bits(days + hours);
        for (BitColumn& column : bits) column.words.resize((windows.size() + 63) / 64);
        for (std::size_t i = 0; i < windows.size(); ++i)
          for (const std::size_t c : {day_of(i), days + hour_of(i)})
            bits[c].words[i / 64] |= std::uint64_t{1} << (i % 64);
        for (BitColumn& column : bits) columns.emplace_back(std::move(column));
        return;
      }
      case Calendar::cyclic:
        return append(columns_by_row(4, windows.size(), [&](std::size_t i, FloatColumns& out) {
          out(0, i) = static_cast<float>(week_sine[day_of(i)]);
          out(1, i) = static_cast<float>(day_sine(hour_of(i)));
          out(2, i) = static_cast<float>(week_cosine[day_of(i)]);
          out(3, i) = static_cast<float>(day_cosine(hour_of(i)));
        }));
    }
  }

  std::size_t session_size_;
  Calendar calendar_;
  std::int64_t offset_;
};

}  // namespace

std::unique_ptr<FeatureGroup> make_time_group(const ExtractorV2Options& options) {
  return std::make_unique<TimeGroup>(options);
}

}  // namespace cartwheel::features
