#include <fmt/format.h>

#include <algorithm>

#include "core/current_device.hpp"
#include "core/time.hpp"
#include "features/float_columns.hpp"
#include "features/groups.hpp"
#include "features/prior_book.hpp"
#include "features/prior_pass.hpp"
#include "features/prior_smoothing.hpp"
#include "features/time_order.hpp"

namespace cartwheel::features {
namespace {

constexpr double ln_2 = 0.6931471805599453;
constexpr std::size_t product_space = category_levels;

std::vector<KeySpace> key_spaces() {
  std::vector<KeySpace> spaces;
  for (std::size_t level = 0; level < category_levels; ++level)
    spaces.push_back({fmt::format("category_level_{}", level + 1), KeyPart::category, KeyPart::none, level});
  spaces.push_back({"product", KeyPart::product});
  spaces.push_back({"category_id", KeyPart::category_id});
  spaces.push_back({"brand", KeyPart::brand});
  spaces.push_back({"category_price", KeyPart::category, KeyPart::price_band, category_levels - 1});
  return spaces;
}

/// How often others put what the window shows into the cart.
class PriorsGroup final : public FeatureGroup {
 public:
  explicit PriorsGroup(const ExtractorV2Options& options)
      : spaces_(key_spaces()),
        given_smoothing_(options.smoothing),
        decay_rate_(options.half_life_days == 0.0
                        ? 0.0
                        : ln_2 / (options.half_life_days * static_cast<double>(core::microseconds_per_day))) {}

  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override {
    const std::string fitted =
        fmt::format("views and targets{} up to the train end (of a training row: earlier than its start){}",
                    decay_rate_ == 0.0 ? "" : ", halving with time,", given_smoothing_ ? "" : ", and m");
    std::vector<FeatureDefinition> list;
    for (const KeySpace& space : spaces_) {
      const std::string prior = fmt::format(
          "(targets + m * base rate) / (views + m) of the event's {} among other sessions' events; without any, of its "
          "category path, then the base rate",
          describe(space));
      list.push_back({fmt::format("prior_{}_mean", space.name), "mean over the window's events of " + prior, fitted});
      list.push_back(
          {fmt::format("prior_{}_max", space.name), "greatest over the window's events of " + prior, fitted});
    }
    list.push_back({"product_popularity",
                    "natural logarithm of 1 + 10,000 * the product's share of all views; mean over the window's events",
                    fitted});
    return list;
  }

  Columns fit_columns(const WindowRows& windows, std::int64_t train_end) override {
    const SessionTable& sessions = windows.sessions;
    const EventLog& log = sessions.log;
    const PriorKeys keys(log, spaces_, category_levels);
    const TimeOrder order(log);
    const std::vector<double> m = given_smoothing_
                                      ? std::vector<double>(spaces_.size(), *given_smoothing_)
                                      : fit_smoothing(log, sessions.options, keys, order, train_end, decay_rate_);

    if (core::current_device() == Device::cuda && decay_rate_ == 0.0) {
      OrderedPriors ordered = ordered_priors_on_cuda(windows, keys, prior_spaces(m), train_end);
      frozen_ = PriorBook(keys, ordered.totals).freeze(train_end, m);
      return std::move(ordered.columns);
    }
    PriorBook book(keys, decay_rate_);
    FloatColumns out(prior_spaces(m).columns(), windows.size());
    const std::vector<std::uint32_t> by_time = by_start(windows.rows);
    auto next = by_time.begin();
    const auto set_rows_until = [&](std::int64_t time) {
      for (; next != by_time.end() && sessions.start[windows.rows[*next]] <= time; ++next)
        set_row(windows, *next, sessions.start[windows.rows[*next]], keys, book, m, out);
    };
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint64_t row = order[i];
      const std::int64_t time = log.time()[row];
      if (time > train_end) break;
      set_rows_until(time);  // before an event at a row's very start is counted
      book.add(key_values(log, row), log.type()[row], sessions.options.is_target(log.type()[row]), time);
    }
    set_rows_until(std::numeric_limits<std::int64_t>::max());
    frozen_ = book.freeze(train_end, m);
    return out.take();
  }

  Columns columns(const WindowRows& windows) const override {
    const PriorKeys keys(windows.sessions.log, spaces_, category_levels);
    const PriorBook book(keys, frozen_);
    std::vector<double> m;
    for (const FrozenPriors::Space& space : frozen_.spaces) m.push_back(space.m);
    if (core::current_device() == Device::cuda)
      return frozen_priors_on_cuda(windows, keys, prior_spaces(m), book.totals());
    return columns_by_row(prior_spaces(m).columns(), windows.size(),
                          [&](std::size_t i, FloatColumns& out) { set_row(windows, i, 0, keys, book, m, out); });
  }

  std::string state() const override {
    core::ByteWriter out;
    frozen_.write(out);
    return out.bytes();
  }
  void restore(std::string_view state, const std::string& what) override {
    core::ByteReader in(state, what);
    frozen_ = FrozenPriors::read(in, spaces_.size());
    in.expect_end();
  }

  void count_values(const WindowRows& windows, Account& account) const override {
    const PriorKeys keys(windows.sessions.log, spaces_, category_levels);
    const PriorBook book(keys, frozen_);
    for (std::size_t space = category_levels - 1; space < spaces_.size(); ++space) {
      if (spaces_[space].second != KeyPart::none) continue;
      std::int64_t missing = 0, unseen = 0;
      for (std::size_t i = 0; i < windows.size(); ++i) {
        const auto [begin, count] = windows.window(i);
        for (std::size_t place = begin; place < begin + count; ++place) {
          const KeyValues values = key_values(windows.sessions, place);
          missing += keys.number(space, values) == 0 ? 1 : 0;
          unseen += book.is_unseen(space, values) ? 1 : 0;
        }
      }
      account.add(fmt::format("window events without a {}", describe(spaces_[space])), missing);
      account.add(fmt::format("window events whose {} training had not seen", describe(spaces_[space])), unseen,
                  "their prior is that of the category path, else the base rate");
    }
  }

 private:
  static std::string describe(const KeySpace& space) {
    switch (space.first) {
      case KeyPart::product:
        return "product";
      case KeyPart::category_id:
        return "category id";
      case KeyPart::brand:
        return "brand";
      default:
        break;
    }
    if (space.second != KeyPart::none) return "category and price band";
    return space.level + 1 == category_levels ? "category path"
                                              : fmt::format("category path up to level {}", space.level + 1);
  }

  PriorSpaces prior_spaces(const std::vector<double>& m) const {
    return {spaces_.size(), category_levels, product_space, m.data()};
  }

  /// As of `time`.
  void set_row(const WindowRows& windows, std::size_t i, std::int64_t time, const PriorKeys& keys,
               const PriorBook& book, const std::vector<double>& m, FloatColumns& out) const {
    const auto counts_of = [&](std::size_t space, std::size_t place, PriorCounts& counts) {
      const std::uint32_t number = keys.number(space, key_values(windows.sessions, place));
      if (number != 0) counts = book.counts(space, number, time);
      return number != 0;
    };
    set_prior_row(prior_spaces(m), windows.window(i), book.all(time), counts_of, i, out);
  }

  std::vector<KeySpace> spaces_;
  std::optional<double> given_smoothing_;
  double decay_rate_;
  FrozenPriors frozen_;
};

}  // namespace

std::unique_ptr<FeatureGroup> make_priors_group(const ExtractorV2Options& options) {
  return std::make_unique<PriorsGroup>(options);
}

}  // namespace cartwheel::features
