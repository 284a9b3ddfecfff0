#pragma once

#include <cartwheel/feature_group.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/calendar_day.hpp"
#include "core/host_device.hpp"
#include "core/math.hpp"
#include "features/float_columns.hpp"
#include "features/price_band.hpp"

/// Features of a row's window alone, for both devices. Each is a function (windows, i, out) that sets out(column, i)
/// for its columns, in the order of the group's definitions.
namespace cartwheel::features {

/// Columns of a session table.
struct TableColumns {
  bool start = false, time = false, price = false, type = false;
  bool product = false, category_id = false, category_code = false, brand = false;
};

/// WindowRows as these functions see them; pointers are to the device's memory. Of the columns only those need be there
/// that a function says it reads.
struct WindowView {
  std::size_t stride;         ///< Cells of a row of the table.
  std::size_t session_size;   ///< See WindowRows.
  const std::uint32_t* rows;  ///< Those asked for.
  const std::uint32_t* event_count;
  const std::int64_t *start, *time, *price;
  const EventType* type;
  const Code *product, *category_id, *category_code, *brand;

  CARTWHEEL_HD WindowRows::Window window(std::size_t i) const {
    const std::size_t row = rows[i], events = event_count[row];
    return {row * stride, events < session_size ? events : session_size};
  }
};

/// Group `time`, but for the calendar: duration; mean, shortest and longest pause; each pause.
struct TimeFeatures {
  static constexpr TableColumns reads{.time = true};
  static constexpr std::size_t summaries = 4;
  std::size_t session_size;

  std::size_t columns() const { return summaries + session_size - 1; }

  template <class Out>
  CARTWHEEL_HD void operator()(const WindowView& windows, std::size_t i, Out& out) const {
    const auto [begin, count] = windows.window(i);
    const std::int64_t* const time = windows.time + begin;
    const std::int64_t duration = time[count - 1] - time[0];
    std::int64_t shortest = duration, longest = 0;
    for (std::size_t gap = 1; gap < session_size; ++gap) {
      if (gap >= count) {
        out(summaries + gap - 1, i) = missing_value;
        continue;
      }
      const std::int64_t pause = time[gap] - time[gap - 1];
      shortest = pause < shortest ? pause : shortest;
      longest = pause > longest ? pause : longest;
      out(summaries + gap - 1, i) = log_seconds(static_cast<double>(pause));
    }
    out(0, i) = log_seconds(static_cast<double>(duration));
    out(1, i) = count < 2 ? missing_value : log_seconds(static_cast<double>(duration) / static_cast<double>(count - 1));
    out(2, i) = count < 2 ? missing_value : log_seconds(static_cast<double>(shortest));
    out(3, i) = count < 2 ? missing_value : log_seconds(static_cast<double>(longest));
  }

 private:
  /// Natural logarithm of 1 + seconds: pauses lie between a second and a day.
  CARTWHEEL_HD static float log_seconds(double microseconds) {
    return static_cast<float>(core::log1p(microseconds / static_cast<double>(core::microseconds_per_second)));
  }
};

/// Group `price`: first, last, lowest, highest price, last - first, mean and last price / median of the category.
struct PriceFeatures {
  static constexpr TableColumns reads{.price = true, .category_code = true};
  const double* medians;  ///< [codes] of each category code; NaN where it has none.
  std::size_t codes;

  std::size_t columns() const { return 7; }

  template <class Out>
  CARTWHEEL_HD void operator()(const WindowView& windows, std::size_t i, Out& out) const {
    for (std::size_t f = 0; f < 7; ++f) out(f, i) = missing_value;
    const auto [begin, count] = windows.window(i);
    std::int64_t first = missing_price, last = missing_price, low = largest_price, high = -largest_price;
    double sum_of_ratios = 0.0, ratio = 0.0;
    std::size_t ratios = 0;
    for (std::size_t place = begin; place < begin + count; ++place) {
      const std::int64_t price = windows.price[place];
      if (price == missing_price) continue;
      if (first == missing_price) first = price;
      last = price;
      low = price < low ? price : low;
      high = price > high ? price : high;
      const double median = medians[windows.category_code[place]];
      if (!(median > 0.0)) continue;
      ratio = static_cast<double>(price) / median;
      sum_of_ratios += ratio;
      ++ratios;
    }
    if (first == missing_price) return;
    out(0, i) = in_units(first);
    out(1, i) = in_units(last);
    out(2, i) = in_units(low);
    out(3, i) = in_units(high);
    out(4, i) = in_units(last - first);
    if (ratios == 0) return;
    out(5, i) = static_cast<float>(sum_of_ratios / static_cast<double>(ratios));
    out(6, i) = static_cast<float>(ratio);
  }

 private:
  CARTWHEEL_HD static float in_units(std::int64_t price) {
    return static_cast<float>(static_cast<double>(price) / static_cast<double>(price_scale));
  }
};

/// Group `path`: product_repeats, _returns, last_product_repeats; switches of product, category id, brand, price band.
struct PathFeatures {
  static constexpr TableColumns reads{.price = true, .product = true, .category_id = true, .brand = true};
  std::size_t columns() const { return 7; }

  template <class Out>
  CARTWHEEL_HD void operator()(const WindowView& windows, std::size_t i, Out& out) const {
    const auto [begin, count] = windows.window(i);
    std::size_t repeats = 0, returns = 0, last_repeats = 0, products = 0, categories = 0, brands = 0, bands = 0;
    for (std::size_t place = begin + 1; place < begin + count; ++place) {
      const Code product = windows.product[place];
      const bool stays = product == windows.product[place - 1];
      bool repeated = false;  // compared with all: no branch, and quicker than sorting, also for long windows
      for (std::size_t before = begin; before < place; ++before) repeated |= windows.product[before] == product;
      repeated &= product != missing_code;
      repeats += repeated ? 1 : 0;
      returns += repeated && !stays ? 1 : 0;
      last_repeats = repeated && stays ? 1 : 0;
      products += stays ? 0 : 1;
      categories += windows.category_id[place] != windows.category_id[place - 1] ? 1 : 0;
      brands += windows.brand[place] != windows.brand[place - 1] ? 1 : 0;
      bands += price_band(windows.price[place]) != price_band(windows.price[place - 1]) ? 1 : 0;
    }
    out(0, i) = static_cast<float>(repeats);
    out(1, i) = static_cast<float>(returns);
    out(2, i) = static_cast<float>(last_repeats);
    out(3, i) = static_cast<float>(products);
    out(4, i) = static_cast<float>(categories);
    out(5, i) = static_cast<float>(brands);
    out(6, i) = static_cast<float>(bands);
  }
};

/// Group `events`: how many events of some types.
struct EventFeatures {
  static constexpr TableColumns reads{.type = true};
  static constexpr std::size_t most_types = 5;
  EventType types[most_types];
  std::size_t size;

  std::size_t columns() const { return size; }

  template <class Out>
  CARTWHEEL_HD void operator()(const WindowView& windows, std::size_t i, Out& out) const {
    const auto [begin, count] = windows.window(i);
    for (std::size_t c = 0; c < size; ++c) {
      std::size_t found = 0;
      for (std::size_t place = begin; place < begin + count; ++place) found += windows.type[place] == types[c] ? 1 : 0;
      out(c, i) = static_cast<float>(found);
    }
  }
};

}  // namespace cartwheel::features
