#include "data/shop_sessions.hpp"

#include <algorithm>
#include <array>

#include "core/math.hpp"
#include "core/time.hpp"
#include "data/bell_curve.hpp"

namespace cartwheel::data {
namespace {

using core::RandomPurpose;
using core::RandomStream;

constexpr std::uint32_t session_stream = 6, customer_stream = 7, damage_stream = 9;

/// What a session is about. Whether it has the intent to buy is hidden; it shows in how the session goes on.
constexpr double mean_intent = 0.33;
constexpr double wandering = 0.15;  ///< The next event is of any product.
/// The next event is of the same product; else it is of the same category.
constexpr double mean_repeat = 0.33 * 0.76 + 0.67 * 0.20;
constexpr double shopping_off_mean = 0.76 - mean_repeat, browsing_off_mean = 0.20 - mean_repeat;
constexpr double usual_cart_rate = 0.06;

double repeat_at(double off_mean, double signal) {
  return std::clamp(mean_repeat + signal * off_mean, 0.0, 1.0 - wandering);
}

/// The hour's term in the log-odds of intent: evenings buy, nights look.
double appeal_of_hour(int hour) {
  constexpr std::array<double, 24> terms{-0.9, -1.1, -1.2, -1.2, -1.0, -0.7, -0.4, -0.1, 0.2, 0.3, 0.2, 0.0,
                                         0.3,  0.3,  0.0,  -0.1, 0.0,  0.2,  0.5,  0.8,  0.8, 0.5, 0.0, -0.5};
  return terms[static_cast<std::size_t>(hour)];
}

/// A larger log sees more goods, but not in proportion; 885,129 events see some 53,000 products.
std::uint32_t product_count(const GenerateOptions& options) {
  if (options.products > 0) return options.products;
  const double scale = static_cast<double>(options.events) / 885'129.0;
  return static_cast<std::uint32_t>(std::clamp(53'900.0 * core::exp(0.6 * core::log(scale)), 500.0, 1'000'000.0));
}

}  // namespace

ShopSessions::ShopSessions(const GenerateOptions& options)
    : seed_(options.seed),
      signal_(options.signal),
      malformed_(options.malformed),
      first_event_(Targets{0.13, 0.07} * (options.cart_rate / usual_cart_rate)),
      later_event_(Targets{0.274, 0.106} * (options.cart_rate / usual_cart_rate)),
      after_cart_{0.02, 0.40},
      browsing_(Targets{0.008, 0.004} * (options.cart_rate / usual_cart_rate)),
      shopping_repeat_(repeat_at(shopping_off_mean, options.signal)),
      browsing_repeat_(repeat_at(browsing_off_mean, options.signal)),
      shopping_pause_(3.4 + 0.2 * std::min(options.signal, 1.0)),
      browsing_pause_(3.4 - 0.2 * std::min(options.signal, 1.0)),
      visits_(options.events, options.days, options.seasonality, options.seed),
      catalogue_(
          {product_count(options), options.categories, options.brands, options.category_missing, options.brand_missing},
          options.seed),
      intercept_(intercept()) {}

/// The constant of the log-odds that makes the mean intent of all sessions what it should be, for this catalogue.
double ShopSessions::intercept() const {
  constexpr std::size_t steps = 200;
  std::array<double, steps + 1> share{};
  for (std::uint32_t p = 0; p < catalogue_.size(); ++p) {
    const double place = (catalogue_.appeal(p) + ShopCatalogue::appeal_limit) / (2 * ShopCatalogue::appeal_limit);
    share[static_cast<std::size_t>(place * steps)] +=
        static_cast<double>(catalogue_.weight(p)) / static_cast<double>(catalogue_.total_weight());
  }
  double high = 10.0 * std::max(1.0, signal_), low = -high;
  for (int halvings = 0; halvings < 30; ++halvings) {
    const double middle = 0.5 * (low + high);
    double sum = 0.0, weights = 0.0;
    for (std::size_t s = 0; s <= steps; ++s) {
      const double appeal = ShopCatalogue::appeal_limit * (2.0 * (static_cast<double>(s) + 0.5) / steps - 1.0);
      for (int hour = 0; hour < 24; ++hour) {
        const double weight = share[s] * visits_.hour_weights()[static_cast<std::size_t>(hour)];
        sum += weight * core::sigmoid(middle + signal_ * (appeal + appeal_of_hour(hour)));
        weights += weight;
      }
    }
    (sum < mean_intent * weights ? low : high) = middle;
  }
  return low;
}

ShopSessions::Walk ShopSessions::begin(std::uint64_t number) const {
  RandomStream random(seed_, RandomPurpose::generate, session_stream, number);
  const std::int64_t start = visits_.start(number);
  const std::uint64_t user = visits_.user(number);
  const std::uint32_t product = catalogue_.draw(random);
  RandomStream customer(seed_, RandomPurpose::generate, customer_stream, user);
  const double appeal_of_user = 1.6 * (customer.uniform() - 0.5) + (user == number ? 0.0 : 0.4);
  const double appeal =
      catalogue_.appeal(product) + appeal_of_user + appeal_of_hour(core::hour(start * core::microseconds_per_second));
  const bool intent = random.uniform() < core::sigmoid(intercept_ + signal_ * appeal);
  return {.time = start,
          .number = number,
          .user = user,
          .product = product,
          .favourite = product,
          .intent = intent,
          .random = random,
          .damage = RandomStream(seed_, RandomPurpose::generate, damage_stream, malformed_ > 0.0 ? number : 0)};
}

ShopEvent ShopSessions::next_event(Walk& session) const {
  ShopEvent event{session.time, session.number, session.user, session.product, type_of_event(session), 0};
  if (malformed_ > 0.0 && session.damage.uniform() < malformed_)
    event.damage = static_cast<std::uint8_t>(1 + session.damage.below(ways_to_damage));
  session.first = false;
  return event;
}

ShopEventType ShopSessions::type_of_event(Walk& session) const {
  const bool favoured = session.product == session.favourite;
  Targets chance = browsing_;
  if (session.intent && favoured) chance = session.in_cart ? after_cart_ : session.first ? first_event_ : later_event_;
  const double draw = session.random.uniform();
  if (draw < chance.cart) {
    session.in_cart = session.in_cart || favoured;
    return ShopEventType::cart;
  }
  if (draw < chance.cart + chance.purchase) {
    session.in_cart = session.in_cart && !favoured;
    return ShopEventType::purchase;
  }
  return ShopEventType::view;
}

/// Moves on to the next event, which must be there.
void ShopSessions::advance(Walk& session) const {
  RandomStream& random = session.random;
  const double draw = random.uniform();
  if (draw >= 1.0 - wandering) {
    session.product = session.favourite = catalogue_.draw(random);
    session.in_cart = false;
  } else if (draw >= (session.intent ? shopping_repeat_ : browsing_repeat_)) {
    session.product = catalogue_.draw_alike(session.favourite, random);
    if (!session.intent) session.favourite = session.product;
  } else {
    session.product = session.favourite;
  }
  // Half of the pauses are below half a minute, and some last many minutes; those who mean to buy take their time.
  const double pause = core::exp((session.intent ? shopping_pause_ : browsing_pause_) + 1.2 * bell_curve(random));
  session.time = std::min(session.time + static_cast<std::int64_t>(std::min(pause, 1500.0)), visits_.end() - 1);
}

}  // namespace cartwheel::data
