#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/generate.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "core/math.hpp"
#include "core/philox.hpp"
#include "core/time.hpp"
#include "data/bell_curve.hpp"
#include "data/shop_catalogue.hpp"
#include "data/shop_visits.hpp"

namespace cartwheel {
namespace {

using core::RandomPurpose;
using core::RandomStream;
using data::bell_curve;
using data::ShopCatalogue;
using data::ShopVisits;

constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::uint32_t session_stream = 6, customer_stream = 7, name_stream = 8;

/// What a session is about. Whether it has the intent to buy is hidden; it shows in how the session goes on.
constexpr double mean_intent = 0.33;
constexpr double shopping_repeat = 0.76, browsing_repeat = 0.20;  ///< The next event is of the same product.
constexpr double wandering = 0.15;                                ///< ... of any product. Else: of the same category.
struct Targets {
  double cart, purchase;
};
constexpr Targets first_event{0.13, 0.07}, later_event{0.274, 0.106}, after_cart{0.02, 0.40}, browsing{0.008, 0.004};

/// The hour's term in the log-odds of intent: evenings buy, nights look.
double appeal_of_hour(int hour) {
  constexpr std::array<double, 24> terms{-0.9, -1.1, -1.2, -1.2, -1.0, -0.7, -0.4, -0.1, 0.2, 0.3, 0.2, 0.0,
                                         0.3,  0.3,  0.0,  -0.1, 0.0,  0.2,  0.5,  0.8,  0.8, 0.5, 0.0, -0.5};
  return terms[static_cast<std::size_t>(hour)];
}

/// The constant of the log-odds that makes the mean intent of all sessions what it should be, for this catalogue.
double intercept_for(const ShopCatalogue& shop) {
  constexpr std::size_t steps = 200;
  std::array<double, steps + 1> share{};
  for (std::uint32_t p = 0; p < shop.size(); ++p) {
    const double place = (shop.appeal(p) + ShopCatalogue::appeal_limit) / (2 * ShopCatalogue::appeal_limit);
    share[static_cast<std::size_t>(place * steps)] +=
        static_cast<double>(shop.weight(p)) / static_cast<double>(shop.total_weight());
  }
  const std::array<double, 24> hours = data::hour_weights();
  double low = -10.0, high = 10.0;
  for (int halvings = 0; halvings < 30; ++halvings) {
    const double middle = 0.5 * (low + high);
    double sum = 0.0, weights = 0.0;
    for (std::size_t s = 0; s <= steps; ++s) {
      const double appeal = ShopCatalogue::appeal_limit * (2.0 * (static_cast<double>(s) + 0.5) / steps - 1.0);
      for (int hour = 0; hour < 24; ++hour) {
        const double weight = share[s] * hours[static_cast<std::size_t>(hour)];
        sum += weight * core::sigmoid(middle + appeal + appeal_of_hour(hour));
        weights += weight;
      }
    }
    (sum < mean_intent * weights ? low : high) = middle;
  }
  return low;
}

/// Ten letters and digits, different for every session: 50 bits, stirred by steps that can all be undone.
std::array<char, 10> session_name(std::uint64_t session, std::uint64_t key) {
  static constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyzA";
  constexpr std::uint64_t mask = (std::uint64_t{1} << 50) - 1;
  std::uint64_t bits = (session ^ key) & mask;
  for (const std::uint64_t factor : {0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u}) {
    bits = bits * factor & mask;
    bits ^= bits >> 25;
  }
  std::array<char, 10> name{};
  for (std::size_t i = 0; i < name.size(); ++i) name[i] = letters[bits >> (5 * i) & 31];
  return name;
}

/// A session that still has events to come.
struct OpenSession {
  std::int64_t time;  ///< Of its next event, in seconds since 1970.
  std::uint64_t number;
  std::uint64_t user;
  std::uint32_t length;
  std::uint32_t done = 0;
  std::uint32_t product;  ///< What the next event is about.
  std::uint32_t favourite;
  bool intent;
  bool in_cart = false;
  RandomStream random;
  std::array<char, 10> name;
};

/// Makes sessions and carries them from event to event.
class Shop {
 public:
  Shop(const GenerateOptions& options, ShopVisits& visits)
      : seed_(options.seed),
        visits_(visits),
        catalogue_(product_count(options.events), options.seed),
        intercept_(intercept_for(catalogue_)),
        name_key_(RandomStream(options.seed, RandomPurpose::generate, name_stream).next_bits()) {}

  OpenSession open(std::uint64_t number) {
    RandomStream random(seed_, RandomPurpose::generate, session_stream, number);
    const std::int64_t start = visits_.start(number);
    const std::uint64_t user = visits_.user(number);
    const std::uint32_t product = catalogue_.draw(random);
    RandomStream customer(seed_, RandomPurpose::generate, customer_stream, user);
    const double appeal_of_user = 1.6 * (customer.uniform() - 0.5) + (user == number ? 0.0 : 0.4);
    const double log_odds = intercept_ + catalogue_.appeal(product) + appeal_of_user +
                            appeal_of_hour(core::hour(start * core::microseconds_per_second));
    const bool intent = random.uniform() < core::sigmoid(log_odds);
    return {.time = start,
            .number = number,
            .user = user,
            .length = visits_.length(number),
            .product = product,
            .favourite = product,
            .intent = intent,
            .random = random,
            .name = session_name(number, name_key_)};
  }

  /// What happens now.
  std::string_view type_of_event(OpenSession& session) const {
    const bool favoured = session.product == session.favourite;
    Targets chance = browsing;
    if (session.intent && favoured)
      chance = session.in_cart ? after_cart : session.done == 0 ? first_event : later_event;
    const double draw = session.random.uniform();
    if (draw < chance.cart) {
      session.in_cart = session.in_cart || favoured;
      return "cart";
    }
    if (draw < chance.cart + chance.purchase) {
      session.in_cart = session.in_cart && !favoured;
      return "purchase";
    }
    return "view";
  }

  /// Moves on to the next event, which must be there.
  void advance(OpenSession& session) const {
    RandomStream& random = session.random;
    const double draw = random.uniform();
    const double repeat = session.intent ? shopping_repeat : browsing_repeat;
    if (draw >= 1.0 - wandering) {
      session.product = session.favourite = catalogue_.draw(random);
      session.in_cart = false;
    } else if (draw >= repeat) {
      session.product = catalogue_.draw_alike(session.favourite, random);
      if (!session.intent) session.favourite = session.product;
    } else {
      session.product = session.favourite;
    }
    // Half of the pauses are below half a minute, and some last many minutes; those who mean to buy take their time.
    const double pause = core::exp((session.intent ? 3.6 : 3.2) + 1.2 * bell_curve(random));
    session.time = std::min(session.time + static_cast<std::int64_t>(std::min(pause, 1500.0)), visits_.end() - 1);
    ++session.done;
  }

  const ShopCatalogue& catalogue() const { return catalogue_; }

 private:
  /// A larger log sees more goods, but not in proportion; 885,129 events see some 53,000 products.
  static std::uint32_t product_count(std::uint64_t events) {
    const double scale = static_cast<double>(events) / 885'129.0;
    return static_cast<std::uint32_t>(std::clamp(53'900.0 * core::exp(0.6 * core::log(scale)), 500.0, 1'000'000.0));
  }

  std::uint64_t seed_;
  ShopVisits& visits_;
  ShopCatalogue catalogue_;
  double intercept_;
  std::uint64_t name_key_;
};

/// Collects rows, and hands them on in large pieces.
class RowWriter {
 public:
  explicit RowWriter(const std::function<void(std::string_view)>& write) : write_(write) {
    text_.reserve(piece_bytes + 1000);
    text_ = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
  }

  void add(const OpenSession& session, std::string_view type, std::string_view product_fields) {
    if (session.time != time_) {
      time_ = session.time;
      time_text_ = core::format_time(time_ * core::microseconds_per_second) + " UTC,";
    }
    std::array<char, 20> user;
    // Every user has a number of its own, as far apart as the published ones.
    const auto end =
        std::to_chars(user.data(), user.data() + user.size(), 1'515'915'625'000'000'000u + session.user * 977).ptr;
    text_.append(time_text_).append(type).append(1, ',').append(product_fields).append(1, ',');
    text_.append(user.data(), end).append(1, ',').append(session.name.data(), session.name.size()).append(1, '\n');
    if (text_.size() > piece_bytes) flush();
  }

  void flush() {
    if (!text_.empty()) write_(text_);
    text_.clear();
  }

 private:
  const std::function<void(std::string_view)>& write_;
  std::string text_, time_text_;
  std::int64_t time_ = -1;
};

/// Tells how far the work is, a hundred times in all.
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

void check(const GenerateOptions& options) {
  if (options.events < 1 || options.events > 100'000'000'000)
    throw ParameterError(fmt::format("events is {}; it must be in [1, 10^11]", options.events));
  if (options.days < 1 || options.days > 3650)
    throw ParameterError(fmt::format("days is {}; it must be in [1, 3650]", options.days));
}

}  // namespace

void generate_events(const GenerateOptions& options, const std::function<void(std::string_view)>& write) {
  check(options);
  ShopVisits visits(options.events, options.days, options.seed);
  Shop shop(options, visits);
  RowWriter rows(write);
  Teller teller(options.progress, options.events);

  // The earliest event first; equal times in the order of the sessions.
  const auto later = [](const OpenSession& a, const OpenSession& b) {
    return a.time != b.time ? a.time > b.time : a.number > b.number;
  };
  std::vector<OpenSession> open;
  std::uint64_t next = 0;
  std::optional<OpenSession> coming = shop.open(next++);
  for (std::uint64_t done = 0; done < options.events; ++done) {
    teller.tell(done);
    if (coming && (open.empty() || !later(*coming, open.front()))) {
      open.push_back(*coming);
      std::ranges::push_heap(open, later);
      coming = next < visits.session_count() ? std::optional(shop.open(next++)) : std::nullopt;
    }
    std::ranges::pop_heap(open, later);
    OpenSession& session = open.back();
    rows.add(session, shop.type_of_event(session), shop.catalogue().csv_fields(session.product));
    if (session.done + 1 < session.length) {
      shop.advance(session);
      std::ranges::push_heap(open, later);
    } else {
      open.pop_back();
    }
  }
  rows.flush();
  if (options.progress) options.progress({"generating", options.events, options.events});
}

}  // namespace cartwheel
