#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "features/category_paths.hpp"
#include "features/price_band.hpp"

namespace cartwheel::features {

/// What of an event a prior may be kept for.
enum class KeyPart : std::uint8_t { none, product, category_id, category, brand, price_band };

/// One kind of key, such as products, or pairs of category and price band.
struct KeySpace {
  std::string name;
  KeyPart first = KeyPart::none;
  KeyPart second = KeyPart::none;  ///< Of a pair.
  std::size_t level = 0;           ///< Of a category: how much of its path, see CategoryPaths.
};

/// The values of an event that keys are made of.
struct KeyValues {
  Code product, category_id, category_code, brand;
  std::int64_t price;
};
KeyValues key_values(const EventLog& log, std::size_t row);
/// @param place  in the window columns.
KeyValues key_values(const SessionTable& sessions, std::size_t place);

/// Numbers the keys of a log's events in some spaces, and names them. 0 is the missing key: a part of it is missing.
class PriorKeys {
 public:
  /// @param levels  of category paths; KeySpace::level is below. The log's dictionaries must outlive this object.
  PriorKeys(const EventLog& log, std::vector<KeySpace> spaces, std::size_t levels);

  const std::vector<KeySpace>& spaces() const { return spaces_; }
  /// @param values  of an event of the log.
  std::uint32_t number(std::size_t space, const KeyValues& values) const;
  /// Numbers of a space's keys, 0 included.
  std::size_t count(std::size_t space) const;
  /// The key's text, which means the same in any log.
  std::string text(std::size_t space, std::uint32_t number) const;

 private:
  std::uint32_t part(KeyPart part, std::size_t level, const KeyValues& values) const;
  std::size_t part_count(KeyPart part) const;
  std::string part_text(KeyPart part, std::uint32_t number) const;

  /// Pairs of part numbers that occur.
  struct Pairs {
    std::unordered_map<std::uint64_t, std::uint32_t> numbers;
    std::vector<std::uint64_t> pairs{0};  ///< By number: the first part's in the upper half.
  };

  EventLog log_;
  std::vector<KeySpace> spaces_;
  CategoryPaths paths_;
  std::vector<Pairs> pairs_;  ///< One a space; empty where keys are no pairs.
};

}  // namespace cartwheel::features
