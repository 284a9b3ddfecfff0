#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/explanation.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Scores of sessions while they happen. What `intent_cli serve` puts on the network; here without one.
namespace [[gnu::visibility("default")]] cartwheel {

struct ScoringOptions {
  std::uint64_t live_sessions = 100'000;                 ///< Live sessions kept at most, [1, 10^9].
  std::uint64_t live_bytes = std::uint64_t{256} << 20;   ///< Memory they take at most, about; at least 1 MiB.
  std::int64_t session_timeout = 30LL * 60 * 1'000'000;  ///< Without an event for so long, a live session is forgotten;
                                                         ///< microseconds of `now`, > 0.
  /// Microseconds since whenever, never decreasing. Unset: the system's steady clock.
  std::function<std::int64_t()> now;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// The score of one session, or why it has none.
struct SessionScore {
  LeftOut left_out = LeftOut::none;  ///< Unless none, the rest means nothing.
  double probability = 0.0, threshold = 0.0;
  bool decision = false;
  std::size_t events = 0;                          ///< Of the window.
  double base = 0.0;                               ///< With contributions: where their points begin.
  std::vector<FeatureContribution> contributions;  ///< As Explanation has them; where they were asked for.
};

/// What became of a live event.
struct LiveAnswer {
  enum class Status : std::uint8_t {
    waiting,       ///< The window is not full yet.
    scored,        ///< This event filled the window: `score` holds.
    left_out,      ///< This event filled the window, and `score.left_out` says why the session has no score.
    after_window,  ///< The window was full already. The history of the user goes on.
    no_session,    ///< Neither a session nor a user: it belongs nowhere.
  };
  Status status = Status::waiting;
  std::size_t events = 0;  ///< Of the session so far; those after the window not counted.
  SessionScore score;
};
/// "waiting", "scored", "left_out", "after_window" or "no_session".
std::string_view name_of(LiveAnswer::Status status);

/// How many of what since the start.
struct ScoringCounts {
  std::uint64_t scores = 0;            ///< Of both ways.
  std::uint64_t decisions = 0;         ///< Of these, at or above the threshold.
  std::uint64_t left_out = 0;          ///< Sessions that were asked about and have no score.
  std::uint64_t live_events = 0;       ///< All that were added.
  std::uint64_t out_of_order = 0;      ///< Of these, earlier than an event of their session that came before.
  std::uint64_t after_window = 0;      ///< Of these, after the window.
  std::uint64_t without_session = 0;   ///< Of these, with neither session nor user.
  std::uint64_t live_sessions = 0;     ///< Now.
  std::uint64_t live_bytes = 0;        ///< Now, about.
  std::uint64_t timed_out = 0;         ///< Live sessions that were forgotten after the time-out,
  std::uint64_t evicted = 0;           ///< to make room for others,
  std::uint64_t dropped_by_model = 0;  ///< or because a new model has other windows.
  std::uint64_t history_users = 0;     ///< Known now.
  std::uint64_t models_loaded = 0;     ///< The first one included.
  std::uint64_t models_refused = 0;    ///< Files that could not be served.
};

/// Holds a model, and takes over a new one when its file is replaced. Safe to use from several threads.
///
/// Scores have the bits that `predict` gives for the same events, where live events come in order of time. A model that
/// looks at users' histories has them as its training left them, and they go on with live events, as they do with the
/// events of a log in `predict`: a session sees its user's history as it was before the session's first event. Live
/// events come and go in memory alone: after a restart, histories are again those of the model file.
///
/// Groups of features of your own (see FeatureGroup) are given a log of the session's events alone.
/// Memory: the model's, its users once more (80 bytes each), and `live_bytes`.
class ScoringService {
 public:
  /// @throws DataError naming the file if it cannot be served; ParameterError.
  explicit ScoringService(const std::filesystem::path& model_file, const ScoringOptions& options = {});
  ~ScoringService();
  ScoringService(const ScoringService&) = delete;
  ScoringService& operator=(const ScoringService&) = delete;

  /// Scores a session of which all events are given, in any order; those of one time are in the order given.
  /// @param user  empty: none. Where `session` is a live one, the history is as of that session's first event;
  /// else as it is now. Nothing of what this function is given is remembered.
  /// @param events  times and prices as EventLogBuilder::add takes them; their user and session are not looked at.
  SessionScore score(std::string_view user, std::string_view session, std::span<const EventFields> events,
                     bool contributions = false);

  /// Takes the next event of a live session. An event without a session belongs to its user's: until a pause longer
  /// than SessionOptions::gap. @throws DataError for a time or a price out of range, and for a text of more than
  /// longest_text bytes; nothing is changed then.
  LiveAnswer add(const EventFields& event);
  static constexpr std::size_t longest_text = 1024;

  /// Takes over the model file if it has changed since it was looked at last. Scores go on meanwhile with the old
  /// model. Live sessions stay if the new model has the same windows. Of each user the history with the later last
  /// event stays, if the new model counts the same targets. @return whether there is a new model now.
  /// @throws DataError if the file cannot be served: the old model stays, and the file is not tried again until it
  /// changes once more. To be called from one thread at a time.
  bool reload();

  std::shared_ptr<const Pipeline> model() const;
  /// XXH3 of the model file's bytes, as 16 hex digits.
  std::string model_hash() const;
  ScoringCounts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cartwheel
