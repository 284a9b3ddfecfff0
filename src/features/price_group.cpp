#include <array>

#include "core/bytes.hpp"
#include "features/category_medians.hpp"
#include "features/float_columns.hpp"
#include "features/groups.hpp"

namespace cartwheel::features {
namespace {

constexpr const char* medians_fitted = "median price of each level of the category path, of events up to the train end";

enum Feature : std::size_t { first, last, lowest, highest, trend, to_median_mean, to_median_last, feature_count };

/// Prices of the window as they stand, and against what the category usually costs.
class PriceGroup final : public FeatureGroup {
 public:
  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override {
    return {
        {"price_first", "price of the window's first event that has one, in currency units; missing if none has", "no"},
        {"price_last", "price of the window's last event that has one; missing if none has", "no"},
        {"price_min", "lowest price of the window, in currency units; missing if there is none", "no"},
        {"price_max", "highest price of the window; missing if there is none", "no"},
        {"price_trend", "price_last - price_first; missing if there is no price", "no"},
        {"price_to_median_mean",
         "mean of price / median price of the category (of the longest part of its path that training had; else of all "
         "events); missing without a price",
         medians_fitted},
        {"price_to_median_last",
         "price / median price of the category, of the last event that has a price; missing if none has",
         medians_fitted},
    };
  }

  Columns fit_columns(const WindowRows& windows, std::int64_t train_end) override {
    medians_ = CategoryMedians::fit(windows.sessions.log, train_end);
    return columns(windows);
  }

  Columns columns(const WindowRows& windows) const override {
    const SessionTable& sessions = windows.sessions;
    const std::vector<double> medians = medians_.of_codes(sessions.log);
    return columns_by_row(feature_count, windows.size(), [&](std::size_t i, FloatColumns& out) {
      for (std::size_t f = 0; f < feature_count; ++f) out(f, i) = missing_value;
      const auto [begin, count] = windows.window(i);
      std::int64_t first_price = missing_price, last_price = missing_price, low = largest_price, high = -largest_price;
      double sum_of_ratios = 0.0, ratio = 0.0;
      std::size_t ratios = 0;
      for (std::size_t place = begin; place < begin + count; ++place) {
        const std::int64_t price = sessions.price[place];
        if (price == missing_price) continue;
        if (first_price == missing_price) first_price = price;
        last_price = price;
        low = std::min(low, price);
        high = std::max(high, price);
        const double median = medians[sessions.category_code[place]];
        if (!(median > 0.0)) continue;
        ratio = static_cast<double>(price) / median;
        sum_of_ratios += ratio;
        ++ratios;
      }
      if (first_price == missing_price) return;
      out(first, i) = in_units(first_price);
      out(last, i) = in_units(last_price);
      out(lowest, i) = in_units(low);
      out(highest, i) = in_units(high);
      out(trend, i) = in_units(last_price - first_price);
      if (ratios == 0) return;
      out(to_median_mean, i) = static_cast<float>(sum_of_ratios / static_cast<double>(ratios));
      out(to_median_last, i) = static_cast<float>(ratio);
    });
  }

  std::string state() const override {
    core::ByteWriter out;
    medians_.write(out);
    return out.bytes();
  }
  void restore(std::string_view state, const std::string& what) override {
    core::ByteReader in(state, what);
    medians_ = CategoryMedians::read(in);
    in.expect_end();
  }

 private:
  static float in_units(std::int64_t price) { return static_cast<float>(static_cast<double>(price) / price_scale); }

  CategoryMedians medians_;
};

}  // namespace

std::unique_ptr<FeatureGroup> make_price_group(const ExtractorV2Options&) { return std::make_unique<PriceGroup>(); }

}  // namespace cartwheel::features
