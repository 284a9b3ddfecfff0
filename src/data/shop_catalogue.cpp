#include "data/shop_catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>

#include "core/math.hpp"
#include "data/bell_curve.hpp"
#include "data/shop_names.hpp"

namespace cartwheel::data {
namespace {

using core::RandomPurpose;
using core::RandomStream;

/// The published log has 700 category ids for 107 codes.
std::uint32_t category_count(std::uint32_t codes) {
  return std::max(1u, static_cast<std::uint32_t>(std::uint64_t{codes} * 700 / 107));
}
/// Sessions that mean to buy stay with branded products, so more products than events lack a brand.
constexpr double brand_lack = 0.249 / 0.24;
/// Identities of random streams; others are in shop_visits.cpp and shop_sessions.cpp.
constexpr std::uint32_t category_stream = 1, product_stream = 2;

/// A weight that falls with the rank as a power: few are popular, most are not.
double popularity(double rank, double offset, double exponent) {
  return core::exp(-exponent * core::log(rank + offset));
}

/// Says of one thing after another whether it lacks something, so that the share of all weights so far that lack it
/// stays as near to `share` as whole things allow.
class Lack {
 public:
  explicit Lack(double share) : share_(share) {}
  bool next(double weight, RandomStream& random) {
    due_ += share_ * weight;
    const bool lacks = random.uniform() * weight < due_;
    if (lacks) due_ -= weight;
    return lacks;
  }

 private:
  double share_;
  double due_ = 0.0;
};

struct Product {
  std::uint32_t category = 0;
  std::uint64_t weight = 0;
  bool branded = true;
};

struct Category {
  std::vector<std::uint32_t> ranks;  ///< Its products, by their rank among all.
  std::uint64_t weight = 0;
  std::string code;
};

/// Products by rank: the most popular first.
std::vector<Product> make_products(const ShopGoods& goods, std::uint64_t seed) {
  const std::uint32_t categories = category_count(goods.category_codes);
  std::vector<double> ends(categories);
  double end = 0.0;
  for (std::uint32_t c = 0; c < categories; ++c) ends[c] = end += popularity(c, 4.0, 0.8);
  std::vector<Product> products(goods.products);
  Lack lack(std::min(1.0, brand_lack * goods.brand_missing));
  for (std::uint32_t rank = 0; rank < goods.products; ++rank) {
    RandomStream random(seed, RandomPurpose::generate, product_stream, rank);
    const auto category = std::ranges::upper_bound(ends, random.uniform() * end) - ends.begin();
    Product& product = products[rank];
    product.category = std::min(categories - 1, static_cast<std::uint32_t>(category));
    product.weight = 1 + static_cast<std::uint64_t>(0x1p36 * popularity(rank, 20.0, 0.85));
    product.branded = !lack.next(static_cast<double>(product.weight), random);
  }
  return products;
}

std::vector<Category> make_categories(const std::vector<Product>& products, const ShopGoods& goods,
                                      std::uint64_t seed) {
  const std::uint32_t categories = category_count(goods.category_codes);
  std::vector<Category> result(categories);
  for (std::uint32_t rank = 0; rank < products.size(); ++rank) {
    Category& category = result[products[rank].category];
    category.ranks.push_back(rank);
    category.weight += products[rank].weight;
  }
  // Codes go to the heaviest categories first, so that what is missing comes out right at any seed.
  std::vector<std::uint32_t> order(categories);
  for (std::uint32_t c = 0; c < categories; ++c) order[c] = c;
  std::ranges::stable_sort(order, std::greater{}, [&](std::uint32_t c) { return result[c].weight; });
  Lack lack(goods.code_missing);
  std::uint32_t next_code = 0;
  RandomStream random(seed, RandomPurpose::generate, category_stream);
  for (const std::uint32_t c : order)
    if (!lack.next(static_cast<double>(result[c].weight), random))
      result[c].code = category_code_name(next_code++ % goods.category_codes);
  return result;
}

}  // namespace

ShopCatalogue::ShopCatalogue(const ShopGoods& goods, std::uint64_t seed) {
  const std::uint32_t count = goods.products;
  const std::vector<Product> products = make_products(goods, seed);
  const std::vector<Category> all = make_categories(products, goods, seed);
  std::uint64_t end = 0;
  for (std::uint32_t c = 0; c < all.size(); ++c) {
    RandomStream random(seed, RandomPurpose::generate, category_stream, c + 1);
    const bool coded = !all[c].code.empty();
    const std::uint64_t category_id =
        2'144'415'921'000'000'000u + std::uint64_t{c} * 1'203'717u + random.below(1'000'000);
    const double price_level = 4.0 + 1.1 * bell_curve(random);
    const double category_appeal = (coded ? 0.6 : -1.5) + 0.6 * bell_curve(random);
    const std::uint32_t first_brand = random.below(goods.brands);
    for (const std::uint32_t rank : all[c].ranks) {
      RandomStream own(seed, RandomPurpose::generate, product_stream, rank + std::uint64_t{count});
      const double price_step = bell_curve(own);
      const auto cents = static_cast<std::uint64_t>(100.0 * core::exp(price_level + 0.6 * price_step)) + 9;
      // A category has some 60 brands, and a few of them sell most.
      const double skewed = own.uniform();
      const auto brand = (first_brand + static_cast<std::uint32_t>(60.0 * skewed * skewed)) % goods.brands;
      const bool branded = products[rank].branded;
      // Middling prices sell best: what is dear is compared for long, and nobody pays the postage for what is cheap.
      const double off_price = (price_level - 4.0) + 0.6 * price_step;
      const double appeal = category_appeal + (branded ? 0.6 : -1.5) + 1.1 - 1.4 * off_price * off_price;
      ends_.push_back(end += products[rank].weight);
      category_.push_back(c);
      appeal_.push_back(static_cast<float>(std::clamp(appeal, -appeal_limit, appeal_limit)));
      fmt::format_to(std::back_inserter(text_), "{},{},{},{},{}.{:02}",
                     100'000 + 61u * std::uint64_t{rank} + own.below(61), category_id, all[c].code,
                     branded ? brand_name(brand) : "", cents / 100, cents % 100);
      text_end_.push_back(text_.size());
    }
    category_end_.push_back(end);
  }
  for (std::uint32_t product = 0; product < count; ++product)
    longest_fields_ = std::max(longest_fields_, csv_fields(product).size());
  make_guide();
}

void ShopCatalogue::make_guide() {
  const int slot_bits = static_cast<int>(std::bit_width(ends_.size())) + 1;
  guide_shift_ = std::max(0, static_cast<int>(std::bit_width(ends_.back())) - slot_bits);
  std::uint32_t product = 0;
  for (std::uint64_t slot = 0; slot << guide_shift_ < ends_.back(); ++slot) {
    while (ends_[product] <= slot << guide_shift_) ++product;
    guide_.push_back(product);
  }
}

std::uint32_t ShopCatalogue::draw_between(std::uint64_t begin, std::uint64_t end, RandomStream& random) const {
  const std::uint64_t point = begin + static_cast<std::uint64_t>(random.uniform() * static_cast<double>(end - begin));
  const std::uint64_t sought = std::min(point, end - 1);
  std::uint32_t product = guide_[sought >> guide_shift_];  // few products share a slot of the guide
  while (ends_[product] <= sought) ++product;
  return product;
}

std::uint32_t ShopCatalogue::draw(RandomStream& random) const { return draw_between(0, ends_.back(), random); }

std::uint32_t ShopCatalogue::draw_alike(std::uint32_t product, RandomStream& random) const {
  const std::uint32_t category = category_[product];
  return draw_between(category == 0 ? 0 : category_end_[category - 1u], category_end_[category], random);
}

}  // namespace cartwheel::data
