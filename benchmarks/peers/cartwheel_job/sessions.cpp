#include <fmt/os.h>

#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/session_table.hpp>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "exchange.hpp"
#include "job.hpp"
#include "measured.hpp"

namespace {

cartwheel::SessionOptions window_options(const cartwheel_job::Settings& settings) {
  cartwheel::SessionOptions options;
  options.label = cartwheel::Label::window;
  if (settings.has("short") && settings.text("short") == "keep")
    options.short_sessions = cartwheel::ShortSessions::keep;
  return options;
}

cartwheel::EventLog read_log(const std::filesystem::path& path) {
  cartwheel::Account account;
  return cartwheel::read_events({&path, 1}, {}, account);
}

cartwheel::SessionTable build(const cartwheel::EventLog& log, const cartwheel::SessionOptions& options) {
  cartwheel::Account account;
  return cartwheel::build_sessions(log, options, account);
}

cartwheel::FeatureMatrix v1(const cartwheel::SessionTable& table) {
  std::vector<std::uint32_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return cartwheel::make_feature_extractor("V1", {})->fit_transform(table, rows, table.log_end);
}

}  // namespace

/// Sessions with windows of 3 and label `window`, and their V1 features, from the log `events` in memory. With `out`,
/// writes OUT.x, OUT.y and OUT.session (one id a line, in the order of the rows).
nlohmann::json cartwheel_job::sessions(const Settings& settings) {
  const cartwheel::EventLog log = read_log(settings.text("events"));
  const cartwheel::SessionOptions options = window_options(settings);
  std::optional<cartwheel::SessionTable> table;
  std::optional<cartwheel::FeatureMatrix> x;
  const Measured all = measured([&] {
    table.reset();
    x.reset();
    table = build(log, options);
    x = v1(*table);
  });
  const Measured sessions_alone = measured([&] { build(log, options); });
  if (settings.has("out")) {
    const std::string out = settings.text("out");
    write_matrix(out + ".x", *x);
    write_array(out + ".y", table->label);
    auto ids = fmt::output_file(out + ".session");
    for (std::size_t row = 0; row < table->size(); ++row) ids.print("{}\n", table->session_name(row));
  }
  return {{"seconds", {{"sessions and V1", all.seconds}, {"sessions", sessions_alone.seconds}}},
          {"peak_bytes", all.peak_bytes},
          {"events", log.size()},
          {"sessions", table->size()}};
}

/// The V1 features of the log `events`: writes OUT.x and OUT.y, rows in order of their start.
nlohmann::json cartwheel_job::features(const Settings& settings) {
  const cartwheel::SessionTable table = build(read_log(settings.text("events")), window_options(settings));
  const std::string out = settings.text("out");
  const cartwheel::FeatureMatrix x = v1(table);
  write_matrix(out + ".x", x);
  write_array(out + ".y", table.label);
  return {{"rows", x.rows()}, {"columns", x.names()}};
}
