#pragma once

#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cartwheel::features {

/// Levels of category paths that features tell apart.
inline constexpr std::size_t category_levels = 4;

/// The category codes of a log as paths: "electronics.audio.headphone" has three levels, and so has
/// "Home/Apparel/Headgear/". The separator is '/' where there is one, else '.'; one at the end counts for nothing.
/// Paths are numbered within the log; 0 is the missing one.
class CategoryPaths {
 public:
  /// @param levels  the first so many levels are told apart; the last of them holds whole paths.
  CategoryPaths(const Dictionary& codes, std::size_t levels);

  std::size_t levels() const { return levels_; }
  /// The first `level` + 1 parts of the path of `code`, or all of them where there are no more (or it is the last
  /// level). @param level  [0, levels()).
  std::uint32_t path(Code code, std::size_t level) const { return paths_[code * levels_ + level]; }
  /// Numbers of paths, 0 included.
  std::size_t size() const { return texts_.size(); }
  /// Views of the dictionary's text.
  std::string_view text(std::uint32_t path) const { return texts_[path]; }

 private:
  std::size_t levels_;
  std::vector<std::uint32_t> paths_;  ///< [codes x levels]
  std::vector<std::string_view> texts_{std::string_view()};
};

}  // namespace cartwheel::features
