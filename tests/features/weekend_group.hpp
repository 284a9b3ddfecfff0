#pragma once

#include <cartwheel/feature_group.hpp>

/// How much of a window falls on a weekend (UTC), and how dear its first event is beside those of training windows.
class WeekendGroup final : public cartwheel::FeatureGroup {
 public:
  std::vector<cartwheel::FeatureDefinition> definitions(const cartwheel::SessionOptions&) const override {
    return {{"weekend_share", "share of the window's events on a Saturday or Sunday, UTC", "no"},
            {"dearer_than_training", "price of the first event - its mean in training, in currency units", "the mean"}};
  }
  Columns fit_columns(const cartwheel::WindowRows& windows, std::int64_t) override {
    for (std::size_t i = 0; i < windows.size(); ++i) mean_ += first_price(windows, i);
    mean_ /= static_cast<std::int64_t>(windows.size() + 1);
    return columns(windows);
  }
  Columns columns(const cartwheel::WindowRows& windows) const override {
    cartwheel::FloatColumn weekend, dearer;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const auto [begin, count] = windows.window(i);
      float days = 0.0f;
      for (std::size_t place = begin; place < begin + count; ++place)
        days += (windows.sessions.time[place] / 86'400'000'000 + 3) % 7 >= 5 ? 1.0f : 0.0f;
      weekend.values.push_back(days / static_cast<float>(count));
      dearer.values.push_back(static_cast<float>(first_price(windows, i) - mean_) / cartwheel::price_scale);
    }
    return {weekend, dearer};
  }
  std::string state() const override { return std::to_string(mean_); }
  void restore(std::string_view state, const std::string&) override { mean_ = std::stoll(std::string(state)); }

 private:
  static std::int64_t first_price(const cartwheel::WindowRows& windows, std::size_t i) {
    const std::int64_t price = windows.sessions.price[windows.window(i).begin];
    return price == cartwheel::missing_price ? 0 : price;
  }
  std::int64_t mean_ = 0;  ///< 1/10,000 of a unit.
};
