#include "features/category_paths.hpp"

#include <unordered_map>

namespace cartwheel::features {

CategoryPaths::CategoryPaths(const Dictionary& codes, std::size_t levels)
    : levels_(levels), paths_(codes.size() * levels) {
  std::unordered_map<std::string_view, std::uint32_t> numbers{{std::string_view(), 0u}};
  const auto number_of = [&](std::string_view path) {
    const auto [found, is_new] = numbers.try_emplace(path, static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(path);
    return found->second;
  };
  for (Code code = 1; code < codes.size(); ++code) {
    std::string_view path = codes[code];
    const char separator = path.find('/') != std::string_view::npos ? '/' : '.';
    while (path.ends_with(separator)) path.remove_suffix(1);
    if (path.empty()) path = codes[code];
    std::size_t from = 1;  // a separator at the beginning belongs to the first part
    for (std::size_t level = 0; level < levels; ++level) {
      const std::size_t end = level + 1 == levels ? std::string_view::npos : path.find(separator, from);
      paths_[code * levels + level] = number_of(path.substr(0, end));
      if (end == std::string_view::npos) {
        for (std::size_t rest = level + 1; rest < levels; ++rest) paths_[code * levels + rest] = number_of(path);
        break;
      }
      from = end + 1;
    }
  }
}

}  // namespace cartwheel::features
