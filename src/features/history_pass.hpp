#pragma once

#include <cartwheel/feature_group.hpp>
#include <cartwheel/history_store.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::features {

/// One way through the events of a log in order of time, which sets the history of each row just before its first
/// event.
struct HistoryPass {
  const WindowRows& windows;
  std::span<const std::uint64_t> users, visits;  ///< HistoryStore::key_of each user and session of the log; 0: missing.
  std::int64_t after, until;                     ///< Events of (after, until] are taken.
  const SessionOptions& options;                 ///< See HistoryStore.
};

/// A pass on the GPU, by sorting events by user and sums over each user's. It forgets no one.
/// @param known  [users] what is known of each before the pass; no events of a new one.
/// @param records  where HistoryStore::records() of the users with an event in the pass go; null: they are not wanted.
/// Memory on the device: 60 bytes an event, 90 a user, 40 a row. @throws DeviceError in a build without CUDA, when
/// there is no usable GPU or too little memory on it, or for 2^32 - 1 events or more.
FeatureGroup::Columns history_columns_on_cuda(const HistoryPass& pass, std::span<const UserHistory> known,
                                              std::vector<UserHistory>* records);

}  // namespace cartwheel::features
