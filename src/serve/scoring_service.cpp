#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/scoring_service.hpp>
#include <chrono>
#include <mutex>

#include "serve/live_sessions.hpp"
#include "serve/served_model.hpp"
#include "sessions/event_order.hpp"

namespace cartwheel {
namespace {

std::int64_t steady_microseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// What SessionState needs to know of an event.
Event bare_event(const EventFields& fields, std::uint64_t sequence) {
  Event event;
  event.time = fields.time;
  event.sequence = sequence;
  event.type = fields.type;
  return event;
}

void check_text(std::string_view text) {
  if (text.size() > ScoringService::longest_text)
    throw DataError(fmt::format("a text of an event has {} bytes; at most {} are taken", text.size(),
                                ScoringService::longest_text));
}

void check_event(const EventFields& event) {
  if (!data::is_time(event.time)) throw DataError("the time of an event lies outside of years 1 to 9999");
  if (!data::is_price(event.price))
    throw DataError(fmt::format("the price of an event lies beyond {} units", largest_price / price_scale));
  for (const std::string_view text :
       {event.product, event.category_id, event.category_code, event.brand, event.user, event.session})
    check_text(text);
}

bool same_windows(const SessionOptions& a, const SessionOptions& b) {
  return a.size == b.size && a.label == b.label && a.target_cart == b.target_cart &&
         a.target_purchase == b.target_purchase && a.horizon == b.horizon && a.gap == b.gap &&
         a.short_sessions == b.short_sessions;
}

/// Of no file, where it cannot be read: whoever reads it says why.
core::FileIdentity identity_of(const std::filesystem::path& file) {
  try {
    return core::MappedFile(file).identity();
  } catch (const DataError&) {
    return {};
  }
}

/// Told apart by its first character: a user may be called as a session is.
std::string key_of(const EventFields& event) {
  return event.session.empty() ? "u" + std::string(event.user) : "s" + std::string(event.session);
}

std::string key_of_session(std::string_view session) { return "s" + std::string(session); }

}  // namespace

std::string_view name_of(LiveAnswer::Status status) {
  switch (status) {
    case LiveAnswer::Status::waiting:
      return "waiting";
    case LiveAnswer::Status::scored:
      return "scored";
    case LiveAnswer::Status::left_out:
      return "left_out";
    case LiveAnswer::Status::after_window:
      return "after_window";
    case LiveAnswer::Status::no_session:
      break;
  }
  return "no_session";
}

void ScoringOptions::check() const {
  if (live_sessions < 1 || live_sessions > 1'000'000'000)
    throw ParameterError(fmt::format("live_sessions is {}; it must be in [1, 1000000000]", live_sessions));
  if (live_bytes < std::uint64_t{1} << 20)
    throw ParameterError(fmt::format("live_bytes is {}; it must be at least 1048576", live_bytes));
  if (session_timeout <= 0)
    throw ParameterError(fmt::format("session_timeout is {}; it must be above 0", session_timeout));
}

struct ScoringService::Impl {
  Impl(std::filesystem::path model_file, const ScoringOptions& options)
      : file(std::move(model_file)),
        now(options.now ? options.now : steady_microseconds),
        live({options.live_sessions, options.live_bytes, options.session_timeout}) {}

  std::shared_ptr<const serve::ServedModel> current() const {
    const std::scoped_lock lock(mutex);
    return served;
  }

  /// Scores outside of the lock, counts inside.
  SessionScore score(const serve::ServedModel& model, const serve::Window& window, const features::KnownHistory& known,
                     bool contributions) {
    SessionScore result;
    serve::ScoreReasons reasons;
    result.probability = model.score(window, known, contributions ? &reasons : nullptr);
    result.threshold = model.pipeline().threshold;
    result.decision = result.probability >= result.threshold;
    result.events = window.events.size();
    result.base = reasons.base;
    result.contributions = std::move(reasons.contributions);
    const std::scoped_lock lock(mutex);
    ++counts.scores;
    counts.decisions += result.decision ? 1 : 0;
    return result;
  }

  void take_over(std::shared_ptr<const serve::ServedModel> model);
  void follow_user(const EventFields& event);
  features::KnownHistory history_of(std::string_view user) const;

  const std::filesystem::path file;
  const std::function<std::int64_t()> now;
  core::FileIdentity looked_at;  ///< Of reload's thread.

  mutable std::mutex mutex;  ///< Guards what follows; never held while a session is scored.
  std::shared_ptr<const serve::ServedModel> served;
  std::optional<HistoryStore> history;  ///< Of a model that looks at it.
  serve::LiveSessions live;
  ScoringCounts counts;
};

features::KnownHistory ScoringService::Impl::history_of(std::string_view user) const {
  if (!history || user.empty()) return {.no_user = user.empty(), .history = {}};
  return {.no_user = false, .history = history->find(user)};
}

/// What the model's own store has seen, it is not told again.
void ScoringService::Impl::follow_user(const EventFields& event) {
  if (history && event.time > served->history_reader()->history_end())
    history->add(event.user, event.session, event.type, event.time);
}

void ScoringService::Impl::take_over(std::shared_ptr<const serve::ServedModel> model) {
  const features::HistoryReader* const reader = model->history_reader();
  std::optional<HistoryStore> store;
  if (reader != nullptr) store = reader->history();

  const std::scoped_lock lock(mutex);
  if (served != nullptr && !same_windows(served->pipeline().session, model->pipeline().session)) {
    counts.dropped_by_model += live.size();
    live.clear();
  }
  const auto counts_same_targets = [&] {
    const SessionOptions &a = served->pipeline().session, &b = model->pipeline().session;
    return a.target_cart == b.target_cart && a.target_purchase == b.target_purchase && a.gap == b.gap;
  };
  if (store && history && counts_same_targets()) {
    // Both in the order in which users were active, so that the bound forgets the same ones as before.
    std::vector<UserHistory> records = store->records();
    std::erase_if(records, [&](const UserHistory& record) {
      const auto known = history->find(record.user);
      return known && known->last_time > record.last_time;
    });
    for (const UserHistory& record : history->records()) {
      const auto trained = store->find(record.user);
      if (!trained || record.last_time > trained->last_time) records.push_back(record);
    }
    std::ranges::stable_sort(records, {}, &UserHistory::last_time);
    if (records.size() > store->most_users())
      records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(store->most_users()));
    store = HistoryStore::from_records(records, model->pipeline().session, store->most_users());
  }
  history = std::move(store);
  served = std::move(model);
  ++counts.models_loaded;
}

ScoringService::ScoringService(const std::filesystem::path& model_file, const ScoringOptions& options) {
  options.check();
  impl_ = std::make_unique<Impl>(model_file, options);
  auto model = std::make_shared<const serve::ServedModel>(model_file);
  impl_->looked_at = model->identity();
  impl_->take_over(std::move(model));
}

ScoringService::~ScoringService() = default;

SessionScore ScoringService::score(std::string_view user, std::string_view session, std::span<const EventFields> events,
                                   bool contributions) {
  check_text(user);
  check_text(session);
  for (const EventFields& event : events) check_event(event);
  std::shared_ptr<const serve::ServedModel> model;
  features::KnownHistory known;
  {
    const std::scoped_lock lock(impl_->mutex);
    model = impl_->served;
    const serve::LiveSession* live =
        impl_->history && !session.empty() ? impl_->live.find(key_of_session(session)) : nullptr;
    known = live != nullptr && live->user == user ? live->known : impl_->history_of(user);
  }
  const SessionOptions& options = model->pipeline().session;
  SessionState state;
  for (std::size_t i = 0; i < events.size(); ++i) state.add(bare_event(events[i], i), options);
  SessionRow row;
  SessionScore result;
  result.left_out = state.finish(options, row);
  if (result.left_out != LeftOut::none) {
    const std::scoped_lock lock(impl_->mutex);
    ++impl_->counts.left_out;
    return result;
  }
  std::vector<EventFields> window;
  window.reserve(row.window.size());
  for (const Event& event : row.window) window.push_back(events[event.sequence]);
  return impl_->score(*model, {user, session, window, row.window_end, row.label_time}, known, contributions);
}

LiveAnswer ScoringService::add(const EventFields& event) {
  check_event(event);
  LiveAnswer answer;
  // What is scored leaves its session before the lock does.
  std::shared_ptr<const serve::ServedModel> model;
  features::KnownHistory known;
  std::vector<serve::OwnedEvent> owned;
  SessionRow row;
  SessionState state;
  std::string user;
  {
    const std::scoped_lock lock(impl_->mutex);
    model = impl_->served;
    const SessionOptions& options = model->pipeline().session;
    ++impl_->counts.live_events;
    if (event.session.empty() && event.user.empty()) {
      ++impl_->counts.without_session;
      answer.status = LiveAnswer::Status::no_session;
      return answer;
    }
    const std::string key = key_of(event);
    if (event.session.empty()) {
      serve::LiveSession* const before = impl_->live.find(key);
      if (before != nullptr && event.time > before->last_time &&
          sessions::is_pause(before->last_time, event.time, options.gap))
        impl_->live.remove(*before);
    }
    serve::LiveSession& live = impl_->live.arrive(key, impl_->now());
    const bool is_new = live.bytes == 0;
    if (is_new) {
      live.user = event.user;
      live.known = impl_->history_of(event.user);
    } else if (event.time < live.last_time) {
      ++impl_->counts.out_of_order;
    }
    live.last_time = is_new ? event.time : std::max(live.last_time, event.time);
    impl_->follow_user(event);
    if (live.window_was_full) {
      ++impl_->counts.after_window;
      answer.status = LiveAnswer::Status::after_window;
      answer.events = static_cast<std::size_t>(options.size);
      return answer;
    }
    live.state.add(bare_event(event, live.events.size()), options);
    live.events.emplace_back(event);
    answer.events = live.events.size();
    const bool full = live.events.size() >= static_cast<std::size_t>(options.size);
    if (full) {
      live.window_was_full = true;
      state = std::exchange(live.state, {});
      owned = std::exchange(live.events, {});
      known = live.known;
      user = live.user;
    }
    impl_->live.account(live);
    if (!full) return answer;
    answer.score.left_out = state.finish(options, row);
    if (answer.score.left_out != LeftOut::none) {
      answer.status = LiveAnswer::Status::left_out;
      ++impl_->counts.left_out;
      return answer;
    }
  }
  std::vector<EventFields> window;
  window.reserve(row.window.size());
  for (const Event& of_window : row.window) window.push_back(owned[of_window.sequence].fields());
  answer.status = LiveAnswer::Status::scored;
  answer.score = impl_->score(*model, {user, event.session, window, row.window_end, row.label_time}, known, false);
  return answer;
}

bool ScoringService::reload() {
  try {
    const core::FileIdentity before = std::exchange(impl_->looked_at, identity_of(impl_->file));
    if (impl_->looked_at == before) return false;
    auto model = std::make_shared<const serve::ServedModel>(impl_->file);
    impl_->looked_at = model->identity();
    impl_->take_over(std::move(model));
    return true;
  } catch (const Error&) {
    const std::scoped_lock lock(impl_->mutex);
    ++impl_->counts.models_refused;
    throw;
  }
}

std::shared_ptr<const Pipeline> ScoringService::model() const {
  const auto served = impl_->current();
  return {served, &served->pipeline()};
}

std::string ScoringService::model_hash() const { return fmt::format("{:016x}", impl_->current()->hash()); }

ScoringCounts ScoringService::counts() const {
  const std::scoped_lock lock(impl_->mutex);
  ScoringCounts counts = impl_->counts;
  counts.live_sessions = impl_->live.size();
  counts.live_bytes = impl_->live.bytes();
  counts.timed_out = impl_->live.timed_out();
  counts.evicted = impl_->live.evicted();
  counts.history_users = impl_->history ? impl_->history->size() : 0;
  return counts;
}

}  // namespace cartwheel
