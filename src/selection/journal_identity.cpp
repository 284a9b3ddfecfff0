#include <fmt/format.h>
#include <xxhash.h>

#include <cartwheel/version.hpp>
#include <memory>

#include "core/bytes.hpp"
#include "selection/journal.hpp"

namespace cartwheel::selection {
namespace {

/// A hash of 128 bits over what it is told.
class Hash {
 public:
  Hash() : state_(XXH3_createState(), XXH3_freeState) { XXH3_128bits_reset(state_.get()); }

  template <class T>
  void add(const T& values) {
    const std::span all(values);
    const std::uint64_t size = all.size_bytes();
    XXH3_128bits_update(state_.get(), &size, sizeof size);
    XXH3_128bits_update(state_.get(), all.data(), all.size_bytes());
  }
  template <class... T>
  void add_all(const T&... values) {
    (add(values), ...);
  }
  void add_names(const Dictionary& names) { add_all(names.ends(), names.text()); }

  std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

void put(core::ByteWriter& out, const std::vector<NamedGrid>& grids) {
  for (const NamedGrid& grid : grids) {
    out.put_string(grid.name);
    for (const auto& [name, values] : grid.grid) {
      out.put_string(name);
      for (const ParameterValue& value : values) {
        out.put(static_cast<std::uint8_t>(value.index()));
        out.put_string(to_text(value));
      }
    }
    out.put_string("end of the grid");
  }
  out.put_string("end of the grids");
}

std::string text_of(const ExperimentOptions& options) {
  core::ByteWriter out;
  const BatchOptions& batches = options.batches;
  for (const std::int64_t value :
       {batches.train, batches.validation, batches.test, batches.step, batches.gap, batches.window,
        std::int64_t{batches.folds}, std::int64_t{batches.group_user}, static_cast<std::int64_t>(options.metric),
        static_cast<std::int64_t>(options.method), static_cast<std::int64_t>(options.n_iter),
        static_cast<std::int64_t>(options.rule), std::int64_t{options.share}, static_cast<std::int64_t>(options.seed)})
    out.put(value);
  for (const SearchMetric metric : options.also) out.put(metric);
  put(out, options.extractors);
  put(out, options.steps);
  put(out, options.models);
  return out.bytes();
}

}  // namespace

std::string identity_of(const SessionTable& sessions, const ExperimentOptions& options) {
  Hash hash;
  const SessionTable& t = sessions;
  hash.add_all(t.session, t.user, t.start, t.window_end, t.label_time, t.start_sequence, t.label, t.event_count, t.time,
               t.price, t.type, t.product, t.category_id, t.category_code, t.brand);
  const EventLog& log = sessions.log;
  hash.add_all(log.time(), log.type(), log.product(), log.category_id(), log.category_code(), log.brand(), log.user(),
               log.session(), log.price());
  for (const Dictionary& names :
       {log.products(), log.category_ids(), log.category_codes(), log.brands(), log.users(), log.sessions()})
    hash.add_names(names);
  hash.add(std::array{sessions.log_begin, sessions.log_end, sessions.options.horizon, sessions.options.gap,
                      std::int64_t{sessions.options.size}, static_cast<std::int64_t>(sessions.options.label)});
  hash.add(text_of(options));
  hash.add(std::string(version()));
  return hash.text();
}

}  // namespace cartwheel::selection
