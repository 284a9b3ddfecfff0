#include <fmt/format.h>

#include <cartwheel/generate.hpp>
#include <cartwheel/report.hpp>

#include "command.hpp"
#include "core/atomic_file.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

void add_options(cxxopts::Options& options) {
  options.add_options()("events", "Events to make", cxxopts::value<std::string>()->default_value("100000"), "N")(
      "days", "Days that they are spread over", cxxopts::value<std::string>()->default_value("158"), "N")(
      "out", "The CSV file to write; - or none: standard output", cxxopts::value<std::string>(), "FILE");
  options.add_options("Shop")("products", "Products; 0: as many as suit the number of events",
                              cxxopts::value<std::string>()->default_value("0"),
                              "N")("categories", "Category codes", cxxopts::value<std::string>()->default_value("107"),
                                   "N")("brands", "Brands", cxxopts::value<std::string>()->default_value("999"), "N")(
      "category-missing", "Share of events without a category code",
      cxxopts::value<std::string>()->default_value("0.27"),
      "SHARE")("brand-missing", "Share of events without a brand", cxxopts::value<std::string>()->default_value("0.24"),
               "SHARE")("cart-rate", "Share of cart events; purchases go with it",
                        cxxopts::value<std::string>()->default_value("0.06"),
                        "SHARE")("seasonality", "How far hours and weekdays differ in traffic; 0: not at all",
                                 cxxopts::value<std::string>()->default_value("1"),
                                 "X")("signal", "How much the columns tell of the intent to buy; 0: very little",
                                      cxxopts::value<std::string>()->default_value("1"), "X")(
      "malformed", "Share of rows that no reader can take", cxxopts::value<std::string>()->default_value("0"), "SHARE");
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  cartwheel::GenerateOptions options;
  options.events = arguments.integer("events", 1, 100'000'000'000);
  options.days = static_cast<int>(arguments.integer("days", 1, 3650));
  options.seed = arguments.seed();
  options.products = static_cast<std::uint32_t>(arguments.integer("products", 0, 5'000'000));
  options.categories = static_cast<std::uint32_t>(arguments.integer("categories", 1, 10'000));
  options.brands = static_cast<std::uint32_t>(arguments.integer("brands", 1, 100'000));
  options.category_missing = arguments.number("category-missing", 0.0, 1.0);
  options.brand_missing = arguments.number("brand-missing", 0.0, 1.0);
  options.cart_rate = arguments.number("cart-rate", 0.0, 0.15);
  options.seasonality = arguments.number("seasonality", 0.0, 3.0);
  options.signal = arguments.number("signal", 0.0, 3.0);
  options.malformed = arguments.number("malformed", 0.0, 1.0);
  options.progress = arguments.progress();
  stopwatch.start("generate");
  if (!arguments.has("out") || arguments.text("out") == "-") return cartwheel::generate_events(options, print);

  cartwheel::core::AtomicFile file(arguments.text("out"));
  cartwheel::generate_events(options, [&](std::string_view text) { file.write(text); });
  file.commit();
  cartwheel::Account account;
  account.add("events written", static_cast<std::int64_t>(options.events));
  finish(arguments, "", {{"file", arguments.text("out")}, {"events", options.events}}, account, stopwatch);
}

}  // namespace

const Command generate_command{"generate",
                               "--events N [--seed S] [--out events.csv]",
                               "Make a seeded synthetic log of any size",
                               "intent_cli generate --events 200000 --seed 7 --out events.csv",
                               add_options,
                               run};

}  // namespace intent_cli
