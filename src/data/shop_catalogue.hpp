#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::data {

/// How many goods a synthetic shop has, and how much it does not know about them.
struct ShopGoods {
  std::uint32_t products, category_codes, brands;
  double code_missing, brand_missing;  ///< Shares of all draws.
};

/// The goods of a synthetic shop: categories, brands, prices and popularity of its products. A pure function of the
/// goods' figures and the seed. Memory: about 110 bytes a product.
class ShopCatalogue {
 public:
  ShopCatalogue(const ShopGoods& goods, std::uint64_t seed);

  /// A product, by popularity; the numbers stand for nothing else.
  std::uint32_t draw(core::RandomStream& random) const;
  /// A product of the same category, by popularity: the categories' shares of all draws stay what they are.
  std::uint32_t draw_alike(std::uint32_t product, core::RandomStream& random) const;

  /// "product_id,category_id,category_code,brand,price", with empty fields where the shop does not know.
  std::string_view csv_fields(std::uint32_t product) const {
    const std::uint64_t begin = product == 0 ? 0 : text_end_[product - 1];
    return {text_.data() + begin, text_end_[product] - begin};
  }
  /// The length of the longest of them.
  std::size_t longest_fields() const { return longest_fields_; }

  /// How much the product itself invites buying: a term of the log-odds, in [-appeal_limit, appeal_limit].
  float appeal(std::uint32_t product) const { return appeal_[product]; }
  static constexpr double appeal_limit = 5.0;
  /// What one draw in `total_weight` means.
  std::uint64_t weight(std::uint32_t product) const { return ends_[product] - (product == 0 ? 0 : ends_[product - 1]); }
  std::uint64_t total_weight() const { return ends_.back(); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }

 private:
  std::uint32_t draw_between(std::uint64_t begin, std::uint64_t end, core::RandomStream& random) const;

  void make_guide();

  // Products lie grouped by category, so that a category is a stretch of the running sum of weights.
  std::vector<std::uint64_t> ends_;   ///< Running sum of weights, this product's included.
  std::vector<std::uint32_t> guide_;  ///< guide_[i]: the first product whose end is above i * 2^guide_shift_.
  int guide_shift_ = 0;
  std::vector<std::uint32_t> category_;
  std::vector<std::uint64_t> category_end_;  ///< Running sum of weights at the end of each category.
  std::vector<float> appeal_;
  std::vector<std::uint64_t> text_end_;
  std::string text_;
  std::size_t longest_fields_ = 0;
};

}  // namespace cartwheel::data
