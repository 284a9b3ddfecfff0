#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <cmath>
#include <map>

#include "bayes/bit_columns.hpp"
#include "bayes/bit_counts.hpp"
#include "core/bytes.hpp"
#include "core/math.hpp"
#include "core/parallel.hpp"
#include "features/model_input.hpp"

namespace cartwheel {

namespace {

constexpr double smallest_alpha = 1e-10;
constexpr double largest_alpha = 1e100;
constexpr double most_rows = 1e110;  // 2^32 rows of the largest weight are fewer
constexpr std::size_t block_rows = 4096;
using BlockWords = std::array<std::uint64_t, block_rows / bayes::word_bits>;

void check_options(const BernoulliNBOptions& options) {
  if (!(options.alpha >= 0.0 && options.alpha <= largest_alpha))
    throw ParameterError(fmt::format("alpha is {}; it must be in [0, {}]", options.alpha, largest_alpha));
  if (options.binarize && !std::isfinite(*options.binarize))
    throw ParameterError(fmt::format("binarize is {}; it must be a finite number, or none", *options.binarize));
  const std::vector<double>& prior = options.class_prior;
  if (prior.empty()) return;
  if (prior.size() != 2)
    throw ParameterError(fmt::format("class_prior has {} values; it needs two: P(y = 0) and P(y = 1)", prior.size()));
  if (!(prior[0] > 0.0 && prior[1] > 0.0 && std::abs(prior[0] + prior[1] - 1.0) <= 1e-8))
    throw ParameterError(
        fmt::format("class_prior is [{}, {}]; both must be above 0 and their sum 1", prior[0], prior[1]));
}

/// log P(class): as given, as counted, or alike.
std::vector<double> class_log_prior_of(const BernoulliNBOptions& options, const std::array<double, 2>& rows) {
  if (!options.class_prior.empty()) return {core::log(options.class_prior[0]), core::log(options.class_prior[1])};
  if (!options.fit_prior) return {-core::log(2.0), -core::log(2.0)};
  const double total = core::log(rows[0] + rows[1]);
  return {core::log(rows[0]) - total, core::log(rows[1]) - total};
}

}  // namespace

struct BernoulliNB::Impl {
  // What is written.
  std::vector<std::string> feature_names;
  std::vector<std::uint32_t> indicators;    ///< The columns that have an indicator bit, increasing.
  std::array<double, 2> class_rows{};       ///< The weight of each class's rows: their number, without weights.
  std::array<std::vector<double>, 2> ones;  ///< [class][bit]: the weight of the rows that have it.
  std::optional<double> binarize;
  double alpha = 1.0;
  std::vector<double> class_log_prior;

  // What follows from it.
  std::vector<std::string> bit_names;
  std::vector<double> feature_log_prob, feature_log_clear;  ///< [2 x bits]
  double base = 0.0;                     ///< log P(row, 1) - log P(row, 0) of a row without any bit.
  std::vector<double> weights;           ///< [bits]: what a set bit adds to it.

  std::size_t bits() const { return feature_names.size() + indicators.size(); }
  void derive();
  /// log P(1 | row) - log P(0 | row) of every row.
  std::vector<double> log_odds(const FeatureMatrix& x) const;

  static std::shared_ptr<const Impl> make(const FeatureMatrix& x, const bayes::BitCounts& counts,
                                          const BernoulliNBOptions& options);
};

std::shared_ptr<const BernoulliNB::Impl> BernoulliNB::Impl::make(const FeatureMatrix& x, const bayes::BitCounts& counts,
                                                                 const BernoulliNBOptions& options) {
  auto impl = std::make_shared<Impl>();
  impl->feature_names = x.names();
  impl->class_rows = counts.rows;
  impl->ones = counts.ones;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    if (counts.missing[0][j] + counts.missing[1][j] == 0.0) continue;
    impl->indicators.push_back(static_cast<std::uint32_t>(j));
    for (const std::size_t c : {0u, 1u}) impl->ones[c].push_back(counts.missing[c][j]);
  }
  impl->binarize = options.binarize;
  impl->alpha = std::max(options.alpha, smallest_alpha);
  impl->class_log_prior = class_log_prior_of(options, counts.rows);
  impl->derive();
  return impl;
}

void BernoulliNB::Impl::derive() {
  bit_names = feature_names;
  for (const std::uint32_t j : indicators) bit_names.push_back(features::indicator_name(feature_names[j]));
  feature_log_prob.resize(2 * bits());
  feature_log_clear.resize(2 * bits());
  weights.assign(bits(), 0.0);
  base = class_log_prior[1] - class_log_prior[0];
  for (std::size_t b = 0; b < bits(); ++b) {
    std::array<double, 2> log_set, log_clear;
    for (const std::size_t c : {0u, 1u}) {
      const double total = core::log(class_rows[c] + 2.0 * alpha);
      log_set[c] = core::log(ones[c][b] + alpha) - total;
      log_clear[c] = core::log(class_rows[c] - ones[c][b] + alpha) - total;
      feature_log_prob[c * bits() + b] = log_set[c];
      feature_log_clear[c * bits() + b] = log_clear[c];
    }
    base += log_clear[1] - log_clear[0];
    weights[b] = (log_set[1] - log_clear[1]) - (log_set[0] - log_clear[0]);
  }
}

std::vector<double> BernoulliNB::Impl::log_odds(const FeatureMatrix& x) const {
  features::check_columns(feature_names, x, "bernoulli_nb");
  std::vector<double> odds(x.rows(), base);
  std::vector<std::optional<std::size_t>> indicator_bit(feature_names.size());
  for (std::size_t i = 0; i < indicators.size(); ++i) indicator_bit[indicators[i]] = feature_names.size() + i;

  const bayes::BitRule rule(binarize);
  core::parallel_for_blocks(x.rows(), block_rows, [&](std::size_t begin, std::size_t end) {
    BlockWords set, missing;
    const std::size_t words = (end - begin + bayes::word_bits - 1) / bayes::word_bits;
    const auto add = [&](const BlockWords& bits, double weight) {
      for (std::size_t w = 0; w < words; ++w)
        for (std::uint64_t rest = bits[w]; rest != 0; rest &= rest - 1)
          odds[begin + w * bayes::word_bits + static_cast<std::size_t>(std::countr_zero(rest))] += weight;
    };
    for (std::size_t j = 0; j < x.columns(); ++j) {
      read_bits(x, j, rule, begin, end, std::span(set).first(words), std::span(missing).first(words));
      add(set, weights[j]);
      if (indicator_bit[j]) add(missing, weights[*indicator_bit[j]]);
    }
  });
  return odds;
}

BernoulliNB BernoulliNB::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y, const BernoulliNBOptions& options,
                             std::span<const double> sample_weight) {
  return fit_each(x, y, std::span(&options, 1), sample_weight).front();
}

std::vector<BernoulliNB> BernoulliNB::fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                               std::span<const BernoulliNBOptions> options,
                                               std::span<const double> sample_weight) {
  for (const BernoulliNBOptions& o : options) check_options(o);
  features::check_labels(y, x.rows());
  features::class_totals(y, sample_weight);
  std::map<std::optional<double>, bayes::BitCounts> counts;
  std::vector<BernoulliNB> models;
  for (const BernoulliNBOptions& o : options) {
    auto found = counts.find(o.binarize);
    if (found == counts.end())
      found = counts.emplace(o.binarize, bayes::count_bits(x, y, sample_weight, o.binarize)).first;
    models.push_back(BernoulliNB(Impl::make(x, found->second, o)));
  }
  return models;
}

std::vector<double> BernoulliNB::predict_proba(const FeatureMatrix& x) const {
  std::vector<double> odds = impl_->log_odds(x);
  core::parallel_for_blocks(odds.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) odds[i] = core::sigmoid(odds[i]);
  });
  return odds;
}

std::vector<double> BernoulliNB::predict_log_proba(const FeatureMatrix& x) const {
  const std::vector<double> odds = impl_->log_odds(x);
  std::vector<double> out(2 * odds.size());
  core::parallel_for_blocks(odds.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      out[2 * i] = -core::softplus(odds[i]);
      out[2 * i + 1] = -core::softplus(-odds[i]);
    }
  });
  return out;
}

const std::vector<std::string>& BernoulliNB::feature_names() const { return impl_->feature_names; }
const std::vector<std::string>& BernoulliNB::bit_names() const { return impl_->bit_names; }
const std::vector<double>& BernoulliNB::feature_log_prob() const { return impl_->feature_log_prob; }
const std::vector<double>& BernoulliNB::feature_log_clear() const { return impl_->feature_log_clear; }
const std::vector<std::uint32_t>& BernoulliNB::indicators() const { return impl_->indicators; }
const std::optional<double>& BernoulliNB::binarize() const { return impl_->binarize; }
const std::vector<double>& BernoulliNB::class_log_prior() const { return impl_->class_log_prior; }

void BernoulliNB::write(core::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(impl_->feature_names.size()));
  for (const std::string& name : impl_->feature_names) out.put_string(name);
  out.put_array(std::span(impl_->indicators));
  for (const std::size_t c : {0u, 1u}) {
    out.put(impl_->class_rows[c]);
    out.put_array(std::span(impl_->ones[c]));
  }
  out.put(static_cast<std::uint8_t>(impl_->binarize.has_value()));
  out.put(impl_->binarize.value_or(0.0));
  out.put(impl_->alpha);
  out.put_array(std::span(impl_->class_log_prior));
}

BernoulliNB BernoulliNB::read(core::ByteReader& in) {
  auto impl = std::make_shared<Impl>();
  const auto columns = in.get<std::uint64_t>();
  if (columns > in.remaining() / sizeof(std::uint64_t)) in.fail("there are more columns than the data can name");
  for (std::uint64_t j = 0; j < columns; ++j) impl->feature_names.emplace_back(in.get_string());
  impl->indicators = in.get_array<std::uint32_t>();
  for (std::size_t i = 0; i < impl->indicators.size(); ++i)
    if (impl->indicators[i] >= columns || (i > 0 && impl->indicators[i] <= impl->indicators[i - 1]))
      in.fail("an indicator belongs to no column");
  for (const std::size_t c : {0u, 1u}) {
    impl->class_rows[c] = in.get<double>();
    impl->ones[c] = in.get_array<double>();
    if (!(impl->class_rows[c] > 0.0 && impl->class_rows[c] <= most_rows)) in.fail("a class has an impossible count");
    if (impl->ones[c].size() != impl->bits()) in.fail("the counts are not one a column");
    if (std::ranges::any_of(impl->ones[c], [&](double n) { return !(n >= 0.0 && n <= impl->class_rows[c]); }))
      in.fail("a count is above that of its class");
  }
  const auto has_binarize = in.get<std::uint8_t>();
  const auto binarize = in.get<double>();
  if (has_binarize > 1 || !std::isfinite(binarize)) in.fail("binarize is not a number");
  if (has_binarize == 1) impl->binarize = binarize;
  impl->alpha = in.get<double>();
  if (!(impl->alpha >= smallest_alpha && impl->alpha <= largest_alpha)) in.fail("alpha is out of range");
  impl->class_log_prior = in.get_array<double>();
  if (impl->class_log_prior.size() != 2) in.fail("the class priors are not two");
  // The logarithm of a positive double is above -745, and the priors add up to 1 to 1e-8.
  for (const double log_prior : impl->class_log_prior)
    if (!(log_prior > -745.0 && log_prior < 1e-7)) in.fail("a class prior is not the logarithm of a probability");
  impl->derive();
  return BernoulliNB(impl);
}

}  // namespace cartwheel
