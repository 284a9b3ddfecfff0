#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "data/shop_catalogue.hpp"
#include "data/shop_sessions.hpp"

namespace cartwheel::data {

inline constexpr std::string_view shop_header =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";

/// Writes events as rows of CSV, by copying and by tables: a generator is worth as much as it is quick.
class ShopRows {
 public:
  ShopRows(const ShopCatalogue& catalogue, std::uint64_t seed);

  /// No row is longer.
  std::size_t longest_row() const { return catalogue_.longest_fields() + 96; }
  /// Asks for what add() will read, some rows ahead.
  void prepare(const ShopEvent& event) const { __builtin_prefetch(catalogue_.csv_fields(event.product).data()); }

  /// The end of what was written at `out`, which has room for longest_row() bytes.
  char* add(const ShopEvent& event, char* out);

 private:
  void set_time(std::int64_t time);

  const ShopCatalogue& catalogue_;
  std::uint64_t name_key_;
  std::int64_t time_ = -1, day_ = -1;
  std::array<char, 24> time_text_;  ///< "2020-09-24 00:00:00 UTC,"
};

}  // namespace cartwheel::data
