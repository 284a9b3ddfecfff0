#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <string>
#include <string_view>

namespace cartwheel {
namespace {

namespace fs = std::filesystem;

bool is_event_file(const fs::directory_entry& entry) {
  constexpr std::array<std::string_view, 3> endings{".csv", ".csv.gz", ".csv.zst"};
  const std::string name = entry.path().filename().string();
  return entry.is_regular_file() && !name.starts_with('.') &&
         std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
    if (is_event_file(*entry)) files.push_back(entry->path());
  if (failure) throw DataError(fmt::format("cannot read the folder {}: {}", folder.string(), failure.message()));
  if (files.empty())
    throw DataError(fmt::format(
        "the folder {} holds no file named *.csv, *.csv.gz or *.csv.zst\n  fix:  name the files", folder.string()));
  std::ranges::sort(files, {}, [](const fs::path& path) { return path.native(); });
  return files;
}

std::vector<fs::path> files_matching(const std::string& pattern) {
  ::glob_t found = {};
  const int failure = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<fs::path> files;
  if (failure == 0) files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (files.empty()) throw DataError(fmt::format("no file matches {}", pattern));
  std::ranges::sort(files, {}, [](const fs::path& path) { return path.native(); });
  return files;
}

}  // namespace

std::vector<fs::path> find_event_files(std::span<const fs::path> names) {
  std::vector<fs::path> files;
  for (const fs::path& name : names) {
    std::error_code none;
    if (fs::is_directory(name, none))
      std::ranges::copy(files_in(name), std::back_inserter(files));
    else if (!fs::exists(name, none) && name.native().find_first_of("*?[") != std::string::npos)
      std::ranges::copy(files_matching(name.string()), std::back_inserter(files));
    else
      files.push_back(name);
  }
  if (std::ranges::count(files, fs::path("-")) > 1)
    throw ParameterError("standard input (-) can be read only once; name it once");
  return files;
}

}  // namespace cartwheel
