#include "features/prior_keys.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/parallel.hpp"

namespace cartwheel::features {

KeyValues key_values(const EventLog& log, std::size_t row) {
  return {log.product()[row], log.category_id()[row], log.category_code()[row], log.brand()[row], log.price()[row]};
}

KeyValues key_values(const SessionTable& sessions, std::size_t place) {
  return {sessions.product[place], sessions.category_id[place], sessions.category_code[place], sessions.brand[place],
          sessions.price[place]};
}

PriorKeys::PriorKeys(const EventLog& log, std::vector<KeySpace> spaces, std::size_t levels)
    : log_(log), spaces_(std::move(spaces)), paths_(log.category_codes(), levels), pairs_(spaces_.size()) {
  core::parallel_for(spaces_.size(), [&](std::size_t space) {
    const auto& [name, first, second, level] = spaces_[space];
    if (second == KeyPart::none) return;
    auto& [numbers, pairs] = pairs_[space];
    for (std::size_t row = 0; row < log_.size(); ++row) {
      const KeyValues values = key_values(log_, row);
      const std::uint64_t a = part(first, level, values), b = part(second, level, values);
      if (a == 0 || b == 0) continue;
      if (numbers.try_emplace(a << 32 | b, static_cast<std::uint32_t>(pairs.size())).second)
        pairs.push_back(a << 32 | b);
    }
  });
}

std::uint32_t PriorKeys::part(KeyPart part, std::size_t level, const KeyValues& values) const {
  switch (part) {
    case KeyPart::product:
      return values.product;
    case KeyPart::category_id:
      return values.category_id;
    case KeyPart::category:
      return paths_.path(values.category_code, level);
    case KeyPart::brand:
      return values.brand;
    case KeyPart::price_band:
      return price_band(values.price);
    case KeyPart::none:
      break;
  }
  return 0;
}

std::size_t PriorKeys::part_count(KeyPart part) const {
  switch (part) {
    case KeyPart::product:
      return log_.products().size();
    case KeyPart::category_id:
      return log_.category_ids().size();
    case KeyPart::category:
      return paths_.size();
    case KeyPart::brand:
      return log_.brands().size();
    case KeyPart::price_band:
      return price_band(largest_price) + std::size_t{1};
    case KeyPart::none:
      break;
  }
  return 1;
}

std::string PriorKeys::part_text(KeyPart part, std::uint32_t number) const {
  switch (part) {
    case KeyPart::product:
      return std::string(log_.products()[number]);
    case KeyPart::category_id:
      return std::string(log_.category_ids()[number]);
    case KeyPart::category:
      return std::string(paths_.text(number));
    case KeyPart::brand:
      return std::string(log_.brands()[number]);
    case KeyPart::price_band:
      return fmt::format("{}", number);
    case KeyPart::none:
      break;
  }
  return {};
}

std::uint32_t PriorKeys::number(std::size_t space, const KeyValues& values) const {
  const auto& [name, first, second, level] = spaces_[space];
  const std::uint32_t a = part(first, level, values);
  if (second == KeyPart::none || a == 0) return a;
  const std::uint32_t b = part(second, level, values);
  if (b == 0) return 0;
  return pairs_[space].numbers.at(std::uint64_t{a} << 32 | b);
}

std::size_t PriorKeys::count(std::size_t space) const {
  return spaces_[space].second == KeyPart::none ? part_count(spaces_[space].first) : pairs_[space].pairs.size();
}

std::string PriorKeys::text(std::size_t space, std::uint32_t number) const {
  const auto& [name, first, second, level] = spaces_[space];
  if (second == KeyPart::none) return part_text(first, number);
  const std::uint64_t pair = pairs_[space].pairs[number];
  // The first part is told from the second by its length, whatever characters they hold.
  const std::string a = part_text(first, static_cast<std::uint32_t>(pair >> 32));
  return fmt::format("{}:{}{}", a.size(), a, part_text(second, static_cast<std::uint32_t>(pair)));
}

}  // namespace cartwheel::features
