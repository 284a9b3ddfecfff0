#include "settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <functional>
#include <map>
#include <optional>

#include "core/suggest.hpp"
#include "core/time.hpp"

namespace intent_cli {
namespace {

using cartwheel::ExperimentOptions;
using cartwheel::ParameterError;
using cartwheel::ParameterValue;

/// One setting's values, with the checks that every setting needs.
struct Value {
  const std::string& key;
  const std::vector<ParameterValue>& values;

  [[noreturn]] void refuse(std::string_view allowed) const {
    std::vector<std::string> texts;
    for (const ParameterValue& value : values) texts.push_back(cartwheel::to_text(value));
    throw ParameterError(fmt::format("{} is {}; it must be {}", key, fmt::join(texts, ", "), allowed));
  }
  template <class T>
  const T* single() const {
    return values.size() == 1 ? std::get_if<T>(&values[0]) : nullptr;
  }
  std::int64_t integer(std::int64_t low, std::int64_t high) const {
    const auto* number = single<std::int64_t>();
    if (number == nullptr || *number < low || *number > high) refuse(fmt::format("an integer in [{}, {}]", low, high));
    return *number;
  }
  double number() const {
    if (const auto* real = single<double>()) return *real;
    if (const auto* whole = single<std::int64_t>()) return static_cast<double>(*whole);
    refuse("a number");
  }
  bool boolean() const {
    if (const auto* flag = single<bool>()) return *flag;
    refuse("true or false");
  }
  std::int64_t duration() const {
    if (const auto* text = single<std::string>())
      if (const auto parsed = cartwheel::core::parse_duration(*text)) return *parsed;
    if (const auto* zero = single<std::int64_t>(); zero != nullptr && *zero == 0) return 0;
    refuse("a duration such as 30d, 24h, 90m or 15s");
  }
  std::size_t choice(std::span<const std::string_view> choices) const {
    if (const auto* text = single<std::string>())
      for (std::size_t i = 0; i < choices.size(); ++i)
        if (*text == choices[i]) return i;
    refuse(fmt::format("one of {}", fmt::join(choices, ", ")));
  }
};

void set_targets(ExperimentOptions& options, const Value& value) {
  options.session.target_cart = options.session.target_purchase = false;
  for (const ParameterValue& item : value.values) {
    const auto* text = std::get_if<std::string>(&item);
    if (text != nullptr && *text == "cart")
      options.session.target_cart = true;
    else if (text != nullptr && *text == "purchase")
      options.session.target_purchase = true;
    else
      value.refuse("\"cart\", \"purchase\", or a list of both");
  }
}

cartwheel::SearchMetric metric_of(const ParameterValue& value) {
  const auto* name = std::get_if<std::string>(&value);
  return cartwheel::parse_search_metric(name != nullptr ? *name : cartwheel::to_text(value));
}

/// One metric, or several: the first of them chooses, unless search.refit names another.
void set_metrics(ExperimentOptions& options, const Value& value) {
  std::vector<cartwheel::SearchMetric> metrics;
  for (const ParameterValue& item : value.values)
    if (const auto metric = metric_of(item); std::ranges::find(metrics, metric) == metrics.end())
      metrics.push_back(metric);
  if (metrics.empty()) value.refuse("a metric, or a list of them");
  options.metric = metrics.front();
  options.also = {metrics.begin() + 1, metrics.end()};
}

/// Comes after search.metric.
void set_refit(ExperimentOptions& options, const Value& value) {
  if (value.values.size() != 1) value.refuse("one of the metrics of search.metric");
  const cartwheel::SearchMetric metric = metric_of(value.values[0]);
  if (metric == options.metric) return;
  const auto found = std::ranges::find(options.also, metric);
  if (found == options.also.end()) value.refuse("one of the metrics of search.metric");
  std::swap(*found, options.metric);
}

/// In the order of scikit-learn's confusion_matrix().ravel().
void set_profit(ExperimentOptions& options, const Value& value) {
  constexpr std::string_view allowed =
      "four numbers: what a true negative, a false positive, a false negative and a true positive bring";
  std::vector<double> numbers;
  for (const ParameterValue& item : value.values) {
    const auto* whole = std::get_if<std::int64_t>(&item);
    const auto* real = std::get_if<double>(&item);
    if (whole == nullptr && real == nullptr) value.refuse(allowed);
    numbers.push_back(whole != nullptr ? static_cast<double>(*whole) : *real);
  }
  if (numbers.size() != 4) value.refuse(allowed);
  options.threshold.profit = {numbers[0], numbers[1], numbers[2], numbers[3]};
}

using Setter = std::function<void(ExperimentOptions&, const Value&)>;

const std::map<std::string, Setter, std::less<>>& setters() {
  constexpr static std::string_view labels[] = {"future", "window", "session"};
  constexpr static std::string_view shorts[] = {"leave_out", "keep"};
  constexpr static std::string_view groups[] = {"none", "user"};
  constexpr static std::string_view goals[] = {"f_beta", "precision_at_recall", "recall_at_precision", "profit"};
  constexpr static std::string_view methods[] = {"exhaustive", "random"};
  constexpr static std::string_view rules[] = {"best", "one_standard_error"};
  static const std::map<std::string, Setter, std::less<>> all{
      {"seed", [](auto& o, const Value& v) { o.seed = static_cast<std::uint64_t>(v.integer(0, INT64_MAX)); }},
      {"session.size", [](auto& o, const Value& v) { o.session.size = static_cast<int>(v.integer(1, 1000)); }},
      {"session.label",
       [](auto& o, const Value& v) { o.session.label = static_cast<cartwheel::Label>(v.choice(labels)); }},
      {"session.short",
       [](auto& o, const Value& v) {
         o.session.short_sessions = static_cast<cartwheel::ShortSessions>(v.choice(shorts));
       }},
      {"session.gap", [](auto& o, const Value& v) { o.session.gap = v.duration(); }},
      {"label.horizon", [](auto& o, const Value& v) { o.session.horizon = v.duration(); }},
      {"label.target", set_targets},
      {"batches.train", [](auto& o, const Value& v) { o.batches.train = v.duration(); }},
      {"batches.validation", [](auto& o, const Value& v) { o.batches.validation = v.duration(); }},
      {"batches.test", [](auto& o, const Value& v) { o.batches.test = v.duration(); }},
      {"batches.step", [](auto& o, const Value& v) { o.batches.step = v.duration(); }},
      {"batches.gap", [](auto& o, const Value& v) { o.batches.gap = v.duration(); }},
      {"search.metric", set_metrics},
      {"search.refit", set_refit},
      {"search.method",
       [](auto& o, const Value& v) { o.method = static_cast<cartwheel::SearchMethod>(v.choice(methods)); }},
      {"search.n_iter",
       [](auto& o, const Value& v) { o.n_iter = static_cast<std::uint64_t>(v.integer(1, 1'000'000)); }},
      {"search.rule", [](auto& o, const Value& v) { o.rule = static_cast<cartwheel::ChoiceRule>(v.choice(rules)); }},
      {"search.share", [](auto& o, const Value& v) { o.share = v.boolean(); }},
      {"search.folds", [](auto& o, const Value& v) { o.batches.folds = static_cast<int>(v.integer(1, 1000)); }},
      {"search.window", [](auto& o, const Value& v) { o.batches.window = v.duration(); }},
      {"search.group", [](auto& o, const Value& v) { o.batches.group_user = v.choice(groups) == 1; }},
      {"threshold.beta", [](auto& o, const Value& v) { o.threshold.beta = v.number(); }},
      {"threshold.goal",
       [](auto& o, const Value& v) { o.threshold.goal = static_cast<cartwheel::ThresholdGoal>(v.choice(goals)); }},
      {"threshold.recall", [](auto& o, const Value& v) { o.threshold.recall = v.number(); }},
      {"threshold.precision", [](auto& o, const Value& v) { o.threshold.precision = v.number(); }},
      {"threshold.profit", set_profit},
      {"threshold.confidence", [](auto& o, const Value& v) { o.threshold.confidence = v.number(); }},
      {"threshold.bootstrap_draws",
       [](auto& o, const Value& v) { o.threshold.bootstrap_draws = static_cast<int>(v.integer(10, 100'000)); }},
      {"threshold.guard", [](auto& o, const Value& v) { o.threshold.guard = v.boolean(); }},
  };
  return all;
}

std::pair<std::string, std::string> split_pair(const std::string& pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string::npos || equals == 0)
    throw ParameterError(fmt::format("--set is '{}'; it must be key=value, such as alpha=0.5", pair));
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

/// @param key  "steps.STEP.NAME"
void add_step_parameter(std::vector<cartwheel::NamedStep>& steps, const std::string& key, const std::string& text) {
  const std::size_t begin = key.find('.') + 1, dot = key.find('.', begin);
  if (dot == std::string::npos)
    throw ParameterError(fmt::format("--set is '{}={}'; a step's parameter is steps.STEP.NAME=value", key, text));
  const std::string name = key.substr(begin, dot - begin);
  auto found = std::ranges::find(steps, name, &cartwheel::NamedStep::name);
  if (found == steps.end()) found = steps.insert(steps.end(), {name, {}});
  found->parameters[key.substr(dot + 1)] = cartwheel::parse_parameter(text);
}

}  // namespace

void apply_setting(ExperimentOptions& options, const std::string& key, const std::vector<ParameterValue>& values) {
  const auto found = setters().find(key);
  if (found == setters().end()) {
    std::vector<std::string_view> known;
    for (const auto& entry : setters()) known.push_back(entry.first);
    throw ParameterError(fmt::format("unknown key '{}'{}", key, cartwheel::core::suggestion(key, known)));
  }
  found->second(options, Value{key, values});
}

FitSettings parse_fit_settings(const std::vector<std::string>& pairs) {
  FitSettings settings;
  for (const std::string& pair : pairs) {
    const auto [key, text] = split_pair(pair);
    if (key.starts_with("extractor.")) {
      settings.extractor_parameters[key.substr(std::string_view("extractor.").size())] =
          cartwheel::parse_parameter(text);
    } else if (key.starts_with("steps.")) {
      add_step_parameter(settings.steps, key, text);
    } else if (key.starts_with("session.") || key.starts_with("label.") || key.starts_with("threshold.")) {
      apply_setting(settings.options, key, {cartwheel::parse_parameter(text)});
    } else {
      settings.model_parameters[key] = cartwheel::parse_parameter(text);
    }
  }
  return settings;
}

cartwheel::Parameters parse_model_settings(const std::vector<std::string>& pairs) {
  cartwheel::Parameters parameters;
  for (const std::string& pair : pairs) {
    const auto [key, text] = split_pair(pair);
    parameters[key] = cartwheel::parse_parameter(text);
  }
  return parameters;
}

}  // namespace intent_cli
