#include <fmt/format.h>
#include <fmt/os.h>

#include <cartwheel/read_events.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "exchange.hpp"
#include "job.hpp"
#include "measured.hpp"

namespace {

void write_text(const std::filesystem::path& path, std::span<const cartwheel::Code> codes,
                const cartwheel::Dictionary& dictionary) {
  auto out = fmt::output_file(path.string());
  for (const cartwheel::Code code : codes) out.print("{}\n", dictionary[code]);
}

template <class T>
void write_numbers(const std::filesystem::path& path, std::span<const T> values) {
  cartwheel_job::write_array(path, std::vector<T>(values.begin(), values.end()));
}

/// All columns as they were read, for comparison with what others read.
void write_log(const std::filesystem::path& folder, const cartwheel::EventLog& log) {
  write_numbers(folder / "event_time", log.time());
  write_numbers(folder / "price", log.price());
  write_numbers(folder / "event_type", log.type());
  write_text(folder / "product_id", log.product(), log.products());
  write_text(folder / "category_id", log.category_id(), log.category_ids());
  write_text(folder / "category_code", log.category_code(), log.category_codes());
  write_text(folder / "brand", log.brand(), log.brands());
  write_text(folder / "user_id", log.user(), log.users());
  write_text(folder / "user_session", log.session(), log.sessions());
}

}  // namespace

/// Reads `events` (CSV) to an EventLog, and the cache of it to another; `columns` (if given) is a folder that receives
/// what was read.
nlohmann::json cartwheel_job::ingest(const Settings& settings) {
  const std::filesystem::path source = settings.text("events"), cache = settings.text("cache");
  std::optional<cartwheel::EventLog> log;
  const auto read = [&](const std::filesystem::path& path) {
    log.reset();  // a user holds one log, not two
    cartwheel::Account account;
    log = cartwheel::read_events({&path, 1}, {}, account);
  };
  const Measured csv = measured([&] { read(source); });
  if (settings.has("columns")) write_log(settings.text("columns"), *log);
  cartwheel::write_event_cache(*log, {&source, 1}, {}, cache);
  const Measured cached = measured([&] { read(cache); });
  return {{"seconds", {{"csv", csv.seconds}, {"cwlog", cached.seconds}}},
          {"peak_bytes", csv.peak_bytes},
          {"cwlog bytes", std::filesystem::file_size(cache)},
          {"rows", log->size()}};
}
