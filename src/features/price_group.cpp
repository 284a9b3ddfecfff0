#include "core/bytes.hpp"
#include "features/category_medians.hpp"
#include "features/groups.hpp"
#include "features/window_columns.hpp"

namespace cartwheel::features {
namespace {

constexpr const char* medians_fitted = "median price of each level of the category path, of events up to the train end";

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
    const std::vector<double> medians = medians_.of_codes(windows.sessions.log);
    return window_columns(windows, PriceFeatures{medians.data(), medians.size()});
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
  CategoryMedians medians_;
};

}  // namespace

std::unique_ptr<FeatureGroup> make_price_group(const ExtractorV2Options&) { return std::make_unique<PriceGroup>(); }

}  // namespace cartwheel::features
