#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <memory>
#include <optional>
#include <string>

#include "core/mapped_file.hpp"
#include "data/event_cache.hpp"

namespace cartwheel::data {

/// What a cache is good for.
struct CachedEvents {
  std::optional<EventLog> log;  ///< Nothing if the sources must be read instead.
  CacheOrigin origin;
};

/// Opens a cache and decides whether to trust it: it must be sound, and its sources must be as they were, or out of
/// reach.
/// @param verify   compare the sources' bytes, not only their sizes, times and inodes.
/// @param account  is told if the cache is not used, or could not be compared with its sources.
/// @throws DataError for a cache that is damaged and cannot be replaced by its sources.
CachedEvents open_cached_events(std::shared_ptr<const core::MappedFile> file, const std::string& name, bool verify,
                                Account& account);

}  // namespace cartwheel::data
