#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// What happened to the rows: counts by name, in the order of first mention. Nothing is lost silently, so each step that
/// rejects, leaves out, rounds or fills in adds an entry; a count of 0 is worth an entry where a reader would ask.
class Account {
 public:
  struct Entry {
    std::string name;        ///< A noun phrase, such as "sessions with fewer than 3 events, left out".
    std::int64_t count = 0;
    std::string note;        ///< Why, where, or an example; may be empty.
  };

  /// Adds `count` to the entry of that name, which is made at the end if it is new. The first note that is not empty stays.
  void add(std::string_view name, std::int64_t count, std::string_view note = {});
  /// Adds every entry of `other`.
  void add_all(const Account& other);
  /// 0 if there is no such entry.
  std::int64_t count(std::string_view name) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace cartwheel
