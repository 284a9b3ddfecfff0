#include "serve/request_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/scoring_service.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/suggest.hpp"
#include "core/time.hpp"
#include "data/escaped_text.hpp"
#include "data/field_parsers.hpp"

namespace cartwheel::serve {
namespace {

using Json = nlohmann::json;

enum class Field : std::uint32_t {
  events,
  contributions,
  user_id,
  user_session,
  event_time,
  event_type,
  product_id,
  category_id,
  category_code,
  brand,
  price,
  none
};
constexpr std::array<std::string_view, 11> field_names{"events",        "contributions", "user_id",    "user_session",
                                                       "event_time",    "event_type",    "product_id", "category_id",
                                                       "category_code", "brand",         "price"};

constexpr std::uint32_t bit(Field field) { return 1u << static_cast<std::uint32_t>(field); }
constexpr std::uint32_t of_user = bit(Field::user_id) | bit(Field::user_session);
constexpr std::uint32_t of_event = bit(Field::event_time) | bit(Field::event_type) | bit(Field::product_id) |
                                   bit(Field::category_id) | bit(Field::category_code) | bit(Field::brand) |
                                   bit(Field::price);

Field field_named(std::string_view name) {
  const auto found = std::ranges::find(field_names, name);
  return static_cast<Field>(found - field_names.begin());
}

/// What nlohmann calls while it reads. Each function returns false to stop, once `error` is set.
class BodyReader final : public nlohmann::json_sax<Json> {
 public:
  BodyReader(BodyKind kind, RequestBody& body)
      : known_at_top_(bit(Field::events) | (kind == BodyKind::session ? of_user | bit(Field::contributions) : 0)),
        known_in_event_(of_event | (kind == BodyKind::events ? of_user : 0)),
        body_(body) {}

  std::optional<FieldError> error;

  bool null() override {
    if (place_ != Place::event && !(place_ == Place::top && (bit(field_) & of_user) != 0)) return wrong_type("null");
    if (field_ == Field::event_time || field_ == Field::event_type) return fail("is null, but is needed");
    return true;
  }
  bool boolean(bool value) override {
    if (place_ != Place::top || field_ != Field::contributions) return wrong_type("true or false");
    body_.contributions = value;
    return true;
  }
  bool number_integer(number_integer_t value) override { return whole_number(value); }
  bool number_unsigned(number_unsigned_t value) override { return whole_number(value); }
  bool number_float(number_float_t, const string_t& text) override {
    if (place_ != Place::event || field_ != Field::price) return wrong_type("a number with a fraction");
    return set_price(text);
  }
  bool string(string_t& value) override {
    if (place_ != Place::event && place_ != Place::top) return wrong_type("a text");
    return set_text(value);
  }
  bool binary(binary_t&) override { return wrong_type("binary"); }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::top;
      return true;
    }
    if (place_ != Place::list) return wrong_type("an object");
    if (body_.events.size() == most_events_a_request)
      return fail_at("events", fmt::format("holds more than {} events", most_events_a_request));
    place_ = Place::event;
    seen_ = 0;
    body_.events.emplace_back();
    return true;
  }
  bool key(string_t& name) override {
    field_ = field_named(name);
    const bool in_event = place_ == Place::event;
    const std::uint32_t known = in_event ? known_in_event_ : known_at_top_;
    if (field_ == Field::none || (known & bit(field_)) == 0) return unknown(name, known);
    std::uint32_t& seen = in_event ? seen_ : seen_at_top_;
    if ((seen & bit(field_)) != 0) return fail("is there twice");
    seen |= bit(field_);
    return true;
  }
  bool end_object() override {
    field_ = Field::none;
    if (place_ == Place::top) {
      place_ = Place::outside;
      if ((seen_at_top_ & bit(Field::events)) == 0) return fail_at("events", "is needed");
      return true;
    }
    for (const Field needed : {Field::event_time, Field::event_type})
      if ((seen_ & bit(needed)) == 0) {
        field_ = needed;
        return fail("is needed");
      }
    const EventFields& event = body_.events.back();
    if ((known_in_event_ & of_user) != 0 && event.user.empty() && event.session.empty()) {
      field_ = Field::user_session;
      return fail("is needed, or user_id is");
    }
    place_ = Place::list;
    return true;
  }
  bool start_array(std::size_t) override {
    if (place_ != Place::top || field_ != Field::events) return wrong_type("a list");
    place_ = Place::list;
    return true;
  }
  bool end_array() override {
    place_ = Place::top;
    if (body_.events.empty()) return fail_at("events", "is empty; at least one event is needed");
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& found) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ..."
    std::string_view text = found.what();
    for (const std::string_view until : {"] ", ": "})
      if (const auto at = text.find(until); at != std::string_view::npos) text.remove_prefix(at + until.size());
    error = {"", fmt::format("is not JSON, at byte {}: {}", position, data::escaped(text))};
    return false;
  }

 private:
  enum class Place { outside, top, list, event };

  std::string path() const {
    std::string text = place_ == Place::event ? fmt::format("events[{}]", body_.events.size() - 1) : "";
    if (place_ == Place::list) return fmt::format("events[{}]", body_.events.size());
    if (field_ == Field::none) return text;
    if (!text.empty()) text += '.';
    return text += field_names[static_cast<std::size_t>(field_)];
  }
  bool fail(std::string reason) { return fail_at(path(), std::move(reason)); }
  bool fail_at(std::string field, std::string reason) {
    error = {std::move(field), std::move(reason)};
    return false;
  }
  bool unknown(std::string_view name, std::uint32_t known) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < field_names.size(); ++i)
      if ((known & bit(static_cast<Field>(i))) != 0) names.push_back(field_names[i]);
    field_ = Field::none;
    const std::string within = path();
    return fail_at(fmt::format("{}{}{}", within, within.empty() ? "" : ".", data::escaped(name, 60)),
                   fmt::format("is not known{}", core::suggestion(name, names)));
  }
  bool wrong_type(std::string_view given) { return fail(fmt::format("is {}; it must be {}", given, wanted())); }
  std::string_view wanted() const {
    if (place_ == Place::outside) return "an object";
    if (place_ == Place::list) return "an object, one event";
    switch (field_) {
      case Field::events:
        return "a list of events";
      case Field::contributions:
        return "true or false";
      case Field::event_time:
        return "a text, or a whole number: seconds, milliseconds or microseconds since 1970";
      case Field::price:
        return "a number, or the text of one";
      case Field::event_type:
        return "a text";
      default:
        return "a text or a whole number";
    }
  }

  bool whole_number(auto value) {
    if (place_ != Place::event && place_ != Place::top) return wrong_type("a number");
    switch (field_) {
      case Field::events:
      case Field::contributions:
      case Field::event_type:
        return wrong_type("a number");
      default: {
        const fmt::format_int text(value);
        return set_text({text.data(), text.size()});
      }
    }
  }

  bool set_text(std::string_view text) {
    if (text.size() > ScoringService::longest_text)
      return fail(fmt::format("has {} bytes; at most {} are taken", text.size(), ScoringService::longest_text));
    const bool in_event = place_ == Place::event;
    switch (field_) {
      case Field::user_id:
        return keep(text, in_event ? event().user : body_.user);
      case Field::user_session:
        return keep(text, in_event ? event().session : body_.session);
      case Field::product_id:
        return keep(text, event().product);
      case Field::category_id:
        return keep(text, event().category_id);
      case Field::category_code:
        return keep(text, event().category_code);
      case Field::brand:
        return keep(text, event().brand);
      case Field::price:
        return text.empty() || set_price(text);
      case Field::event_time: {
        const auto time = core::parse_time(text);
        if (!time) return fail("is not a time, such as \"2021-02-28 19:13:22 UTC\"");
        event().time = *time;
        return true;
      }
      case Field::event_type: {
        static const data::EventTypeParser types;
        const auto type = types.parse(text);
        if (!type) return fail("is not an event type: view, cart, remove_from_cart, purchase or other");
        event().type = *type;
        return true;
      }
      default:
        return wrong_type("a text");
    }
  }
  bool set_price(std::string_view text) {
    const data::ParsedPrice price = data::parse_price(text);
    if (price.status == data::PriceStatus::not_a_number) return fail("is not a decimal number");
    if (price.status == data::PriceStatus::out_of_range)
      return fail(fmt::format("lies beyond {} units", largest_price / price_scale));
    event().price = price.value;
    return true;
  }

  EventFields& event() { return body_.events.back(); }
  /// A text in JSON is never longer than what it was written as, so that `texts` never moves.
  bool keep(std::string_view text, std::string_view& to) {
    const std::size_t at = body_.texts.size();
    body_.texts += text;
    to = std::string_view(body_.texts).substr(at);
    return true;
  }

  const std::uint32_t known_at_top_, known_in_event_;
  RequestBody& body_;
  Place place_ = Place::outside;
  Field field_ = Field::none;
  std::uint32_t seen_at_top_ = 0, seen_ = 0;
};

}  // namespace

std::variant<std::monostate, FieldError> read_body(std::string_view json, BodyKind kind, RequestBody& body) {
  body.texts.reserve(json.size());
  BodyReader reader(kind, body);
  const bool good = Json::sax_parse(json.begin(), json.end(), &reader);
  if (reader.error) return *std::move(reader.error);
  if (!good) return FieldError{"", "is not JSON"};
  return {};
}

}  // namespace cartwheel::serve
