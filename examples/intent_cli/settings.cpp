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

using Setter = std::function<void(ExperimentOptions&, const Value&)>;

const std::map<std::string, Setter, std::less<>>& setters() {
  constexpr static std::string_view labels[] = {"future", "window", "session"};
  constexpr static std::string_view shorts[] = {"leave_out", "keep"};
  constexpr static std::string_view groups[] = {"none", "user"};
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
      {"search.metric",
       [](auto& o, const Value& v) {
         const auto* name = v.template single<std::string>();
         o.metric = cartwheel::parse_search_metric(name != nullptr ? *name : "");
       }},
      {"search.folds", [](auto& o, const Value& v) { o.batches.folds = static_cast<int>(v.integer(1, 1000)); }},
      {"search.window", [](auto& o, const Value& v) { o.batches.window = v.duration(); }},
      {"search.group", [](auto& o, const Value& v) { o.batches.group_user = v.choice(groups) == 1; }},
      {"threshold.beta", [](auto& o, const Value& v) { o.threshold.beta = v.number(); }},
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
