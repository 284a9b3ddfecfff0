#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/history_store.hpp>

#include "core/bytes.hpp"
#include "core/current_device.hpp"
#include "features/float_columns.hpp"
#include "features/groups.hpp"
#include "features/history_columns.hpp"
#include "features/history_pass.hpp"
#include "features/known_history.hpp"
#include "features/time_order.hpp"

namespace cartwheel::features {
namespace {

/// What the user did before the session: see HistoryStore. The store stands at the end of training; rows that start
/// later also know the events of their log between the two.
class HistoryGroup final : public FeatureGroup, public HistoryReader {
 public:
  explicit HistoryGroup(const ExtractorV2Options& options) : most_users_(options.history_users) {}

  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override { return history_definitions(); }

  Columns fit_columns(const WindowRows& windows, std::int64_t train_end) override {
    options_ = windows.sessions.options;
    train_end_ = train_end;
    const LogKeys keys(windows.sessions.log);
    const HistoryPass pass{windows,   keys.users, keys.visits, std::numeric_limits<std::int64_t>::min(),
                           train_end, options_};
    if (is_for_gpu(keys.users.size())) {
      forgotten_ = 0;
      return history_columns_on_cuda(pass, std::vector<UserHistory>(keys.users.size()), &records_);
    }
    HistoryStore store(options_, most_users_);
    Columns columns = columns_along(pass, store);
    records_ = store.records();
    forgotten_ = store.forgotten();
    return columns;
  }

  Columns columns(const WindowRows& windows) const override {
    HistoryStore store = history();
    const LogKeys keys(windows.sessions.log);
    const HistoryPass pass{windows, keys.users, keys.visits, train_end_, std::numeric_limits<std::int64_t>::max(),
                           options_};
    if (!is_for_gpu(keys.users.size() + store.size())) return columns_along(pass, store);
    std::vector<UserHistory> known;
    for (const std::uint64_t user : keys.users) known.push_back(store.find(user).value_or(UserHistory{}));
    return history_columns_on_cuda(pass, known, nullptr);
  }

  HistoryStore history() const override { return HistoryStore::from_records(records_, options_, most_users_); }
  std::int64_t history_end() const override { return train_end_; }
  Columns columns_with(const WindowRows& windows, std::span<const KnownHistory> known) const override {
    FloatColumns out(history_definitions().size(), windows.size());
    for (std::size_t i = 0; i < windows.size(); ++i)
      set_history_columns(known[i].no_user, known[i].history.value_or(UserHistory{}),
                          windows.sessions.start[windows.rows[i]], i, out);
    return out.take();
  }

  std::string state() const override {
    core::ByteWriter out;
    out.put(train_end_);
    out.put(options_.gap);
    out.put(static_cast<std::uint8_t>((options_.target_cart ? 1 : 0) | (options_.target_purchase ? 2 : 0)));
    out.put_array(std::span<const UserHistory>(records_));
    return out.bytes();
  }
  void restore(std::string_view state, const std::string& what) override {
    core::ByteReader in(state, what);
    train_end_ = in.get<std::int64_t>();
    options_.gap = in.get<std::int64_t>();
    const auto targets = in.get<std::uint8_t>();
    if (options_.gap <= 0 || targets < 1 || targets > 3) in.fail("its history has no meaning");
    options_.target_cart = (targets & 1) != 0;
    options_.target_purchase = (targets & 2) != 0;
    records_ = in.get_array<UserHistory>();
    in.expect_end();
    if (std::ranges::any_of(records_,
                            [](const UserHistory& r) { return r.user == 0 || r.events == 0 || r.reserved != 0; }))
      in.fail("a user's history is empty");
    try {
      static_cast<void>(HistoryStore::from_records(records_, options_, most_users_));
    } catch (const DataError& error) {
      in.fail(error.what());
    }
  }

  void count_values(const WindowRows& windows, Account& account) const override {
    const SessionTable& sessions = windows.sessions;
    account.add(
        "sessions without a user",
        std::ranges::count_if(windows.rows, [&](std::uint32_t row) { return sessions.user[row] == missing_code; }),
        "their history is missing");
    account.add("users forgotten by the history", static_cast<std::int64_t>(forgotten_),
                "it keeps those who were active last, see history_users");
  }

 private:
  /// The users and sessions of a log, as a store knows them.
  struct LogKeys {
    explicit LogKeys(const EventLog& log) : users(keys_of(log.users())), visits(keys_of(log.sessions())) {}

    std::vector<std::uint64_t> users, visits;

   private:
    static std::vector<std::uint64_t> keys_of(const Dictionary& dictionary) {
      std::vector<std::uint64_t> keys(dictionary.size());  // 0 for the missing one
      core::parallel_for_blocks(keys.size(), 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t code = std::max<std::size_t>(begin, 1); code < end; ++code)
          keys[code] = HistoryStore::key_of(dictionary[static_cast<Code>(code)]);
      });
      return keys;
    }
  };

  /// A store that must forget depends on the order in which users come and go, which only the CPU follows.
  bool is_for_gpu(std::size_t users) const { return core::current_device() == Device::cuda && users <= most_users_; }

  static Columns columns_along(const HistoryPass& pass, HistoryStore& store) {
    const WindowRows& windows = pass.windows;
    const SessionTable& sessions = windows.sessions;
    const EventLog& log = sessions.log;
    FloatColumns out(history_definitions().size(), windows.size());
    const std::vector<std::uint32_t> by_time = by_start(windows.rows);
    auto next = by_time.begin();
    const auto set_next = [&] {
      const std::uint32_t row = windows.rows[*next];
      const std::uint64_t user = pass.users[sessions.user[row]];
      set_history_columns(user == 0, store.find(user).value_or(UserHistory{}), sessions.start[row], *next, out);
      ++next;
    };
    const TimeOrder order(log);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint64_t row = order[i];
      const std::int64_t time = log.time()[row];
      if (time <= pass.after) continue;
      if (time > pass.until) break;
      while (next != by_time.end() && std::pair(sessions.start[windows.rows[*next]],
                                                sessions.start_sequence[windows.rows[*next]]) <= std::pair(time, row))
        set_next();
      if (const std::uint64_t user = pass.users[log.user()[row]]; user != 0)
        store.add(user, pass.visits[log.session()[row]], log.type()[row], time);
    }
    while (next != by_time.end()) set_next();
    return out.take();
  }

  std::uint64_t most_users_;
  SessionOptions options_;
  std::int64_t train_end_ = 0;
  std::vector<UserHistory> records_;
  std::uint64_t forgotten_ = 0;  ///< Of this fit; a model file does not say.
};

}  // namespace

std::unique_ptr<FeatureGroup> make_history_group(const ExtractorV2Options& options) {
  return std::make_unique<HistoryGroup>(options);
}

}  // namespace cartwheel::features
