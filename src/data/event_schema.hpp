#pragma once

#include <array>
#include <cartwheel/read_events.hpp>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_file.hpp"
#include "data/field_parsers.hpp"

namespace cartwheel::data {

/// The columns of an event file, by our names.
enum class SourceColumn : std::size_t {
  event_time,
  event_type,
  product_id,
  category_id,
  category_code,
  brand,
  price,
  user_id,
  user_session
};
inline constexpr std::size_t source_column_count = 9;

template <class T>
using BySourceColumn = std::array<T, source_column_count>;

inline constexpr BySourceColumn<std::string_view> source_column_names{"event_time",  "event_type",    "product_id",
                                                                      "category_id", "category_code", "brand",
                                                                      "price",       "user_id",       "user_session"};

constexpr std::size_t index_of(SourceColumn column) { return static_cast<std::size_t>(column); }

/// What the files call our columns and event types: ReadOptions::column_names, checked.
struct EventSchema {
  BySourceColumn<std::string> names;
  BySourceColumn<bool> named_by_user{};
  EventTypeParser types;

  /// @throws ParameterError for a key that is no column of ours, or an event type that does not exist, with a
  /// suggestion.
  explicit EventSchema(const std::map<std::string, std::string>& column_names);
};

/// Where the columns lie in one file.
struct ColumnPlaces {
  static constexpr std::size_t absent = std::numeric_limits<std::size_t>::max();

  BySourceColumn<std::size_t> place;
  std::vector<std::string> unused;  ///< Columns of the file that nobody asked for.

  std::size_t operator[](SourceColumn column) const { return place[index_of(column)]; }
  bool has(SourceColumn column) const { return (*this)[column] != absent; }

  /// @throws DataError if event_time, event_type, or both of user_session and user_id are not in the header, if a
  /// column that the user named is not there, or if a column that is needed is there twice.
  ColumnPlaces(const CsvFile& file, const EventSchema& schema);
};

}  // namespace cartwheel::data
