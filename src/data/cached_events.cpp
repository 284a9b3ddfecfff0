#include "data/cached_events.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <utility>

namespace cartwheel::data {
namespace {

enum class SourceState : std::uint8_t { same, changed, out_of_reach };

struct SourceCheck {
  SourceState state = SourceState::same;
  std::string reason;  ///< Which source, and why.
};

SourceCheck check_source(const CacheOrigin::Source& source, bool verify) {
  if (source.file.path == standard_input) return {SourceState::out_of_reach, "standard input cannot be read again"};
  try {
    const core::MappedFile now(source.file.path);
    if (!verify && now.identity() == source.file.identity) return {};
    // A copy, a check-out or a touch changes inode and time and leaves the bytes, which hashing tells sooner than
    // parsing.
    if (now.bytes().size() == source.file.identity.size && hash_of(now.bytes()) == source.hash) return {};
    return {SourceState::changed, fmt::format("its source {} has changed since", source.file.path.string())};
  } catch (const DataError& error) {
    return {SourceState::out_of_reach, error.what()};
  }
}

/// The worst state of all sources: without one of them, the log cannot be read anew.
SourceCheck check_sources(const CacheOrigin& origin, bool verify) {
  SourceCheck worst;
  for (const CacheOrigin::Source& source : origin.sources)
    if (SourceCheck check = check_source(source, verify); check.state > worst.state) worst = std::move(check);
  return worst;
}

}  // namespace

CachedEvents open_cached_events(std::shared_ptr<const core::MappedFile> file, const std::string& name, bool verify,
                                Account& account) {
  const EventCache cache(std::move(file), name);
  const CacheOrigin& origin = cache.origin();
  const auto read_sources_instead = [&](const std::string& why) -> CachedEvents {
    account.add("caches not used, their sources read instead", 1,
                fmt::format("{} ({})", why, advice_to_prepare(name, origin)));
    return {std::nullopt, origin};
  };

  const SourceCheck sources = check_sources(origin, verify);
  if (sources.state == SourceState::changed) return read_sources_instead(fmt::format("{}: {}", name, sources.reason));
  try {
    CachedEvents cached{cache.log(), origin};
    if (sources.state == SourceState::out_of_reach)
      account.add("caches used without their sources", 1, fmt::format("{}: {}", name, sources.reason));
    return cached;
  } catch (const DataError& damage) {
    if (sources.state == SourceState::same) return read_sources_instead(damage.what());
    throw DataError(fmt::format("{}; and its source is out of reach: {}\n  fix:  {}", damage.what(), sources.reason,
                                advice_to_prepare(name, origin)));
  }
}

}  // namespace cartwheel::data
