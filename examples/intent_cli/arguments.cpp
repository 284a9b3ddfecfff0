#include "arguments.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <charconv>
#include <limits>

#include "command.hpp"
#include "core/suggest.hpp"
#include "interrupt.hpp"

namespace intent_cli {
namespace {

using cartwheel::ParameterError;

cxxopts::Options options_of(const Command& command) {
  cxxopts::Options options(fmt::format("intent_cli {}", command.name));
  options.set_width(79);
  command.add_options(options);
  options.add_options("Common")("device", "Where to compute: cpu or cuda",
                                cxxopts::value<std::string>()->default_value("cpu"),
                                "DEVICE")("threads", "Threads; 0: one a core. Results do not depend on it",
                                          cxxopts::value<std::string>()->default_value("0"), "N")(
      "seed", "Seed of everything that draws random numbers", cxxopts::value<std::string>()->default_value("0"), "S")(
      "format", "What to print: table, csv or json", cxxopts::value<std::string>()->default_value("table"), "FORMAT")(
      "quiet", "Print the result alone: no account, no notes, no progress")(
      "on-bad-row",
      "fail: stop at the first bad row; skip: leave bad rows out, count them, and write them to OUT.rejects.csv",
      cxxopts::value<std::string>()->default_value("fail"),
      "RULE")("map",
              "Another name for a column, such as event_time=timestamp, or for an event type, such as "
              "event_type.wishlist=other; may be repeated",
              cxxopts::value<std::vector<std::string>>(),
              "COLUMN=NAME")("delimiter", "What parts the fields of a CSV: one character, or tab",
                             cxxopts::value<std::string>()->default_value(","), "C")(
      "verify", "Compare a .cwlog with its source byte by byte (by hash), not only by size and time")(
      "progress", "Progress bar on stderr: auto (only on a terminal), on or off",
      cxxopts::value<std::string>()->default_value("auto"), "WHEN")("h,help", "Show this help");
  options.add_options("Positional")("positional", "", cxxopts::value<std::vector<std::string>>());
  options.parse_positional({"positional"});
  options.positional_help("").custom_help(std::string(command.usage));
  return options;
}

std::vector<std::string_view> long_names(const cxxopts::Options& options) {
  std::vector<std::string_view> names;
  for (const std::string& group : options.groups())
    for (const auto& option : options.group_help(group).options)
      for (const std::string& name : option.l)
        if (name != "positional") names.emplace_back(name);
  return names;
}

/// The first word that looks like an option and is none.
std::string unknown_option(const std::vector<std::string>& words, const std::vector<std::string_view>& known) {
  for (const std::string& word : words) {
    if (word == "--") break;
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(2, word.find('=') - 2);
    if (std::ranges::find(known, name) == known.end()) return name;
  }
  return {};
}

cxxopts::ParseResult parse(const Command& command, const std::vector<std::string>& words) {
  cxxopts::Options options = options_of(command);
  const std::string see = fmt::format(" (see: intent_cli {} --help)", command.name);
  const std::vector<std::string_view> known = long_names(options);
  if (const std::string name = unknown_option(words, known); !name.empty()) {
    const std::string_view near = cartwheel::core::nearest(name, known);
    throw ParameterError(fmt::format("unknown option --{}{}{}", name,
                                     near.empty() ? "" : fmt::format("; did you mean --{}?", near), see));
  }
  std::vector<const char*> argv{"intent_cli"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  try {
    return options.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const cxxopts::exceptions::exception& error) {
    throw ParameterError(error.what() + see);
  }
}

}  // namespace

Arguments::Arguments(const Command& command, const std::vector<std::string>& words)
    : command_(command), parsed_(parse(command, words)) {
  if (help()) return;
  if (parsed_.count("positional") > 0) positional_ = parsed_["positional"].as<std::vector<std::string>>();
  device_ = cartwheel::parse_device(text("device"));
  threads_ = static_cast<int>(integer("threads", 0, 1024));
  seed_ = integer("seed", 0, std::numeric_limits<std::uint64_t>::max());
  constexpr std::string_view formats[] = {"table", "csv", "json"};
  format_ = static_cast<Format>(choice("format", formats));
  constexpr std::string_view whens[] = {"auto", "on", "off"};
  const std::size_t when = choice("progress", whens);
  bar_ = std::make_shared<ProgressBar>(when == 1 || (when == 0 && !quiet() && ProgressBar::on_terminal()));
}

std::vector<std::string> Arguments::texts(const std::string& option) const {
  return has(option) ? parsed_[option].as<std::vector<std::string>>() : std::vector<std::string>{};
}

std::uint64_t Arguments::integer(const std::string& option, std::uint64_t low, std::uint64_t high) const {
  const std::string value = text(option);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < low || number > high)
    throw ParameterError(fmt::format("--{} is '{}'; it must be an integer in [{}, {}]", option, value, low, high));
  return number;
}

double Arguments::number(const std::string& option, double low, double high) const {
  const std::string value = text(option);
  double number = 0.0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !(number >= low && number <= high))
    throw ParameterError(fmt::format("--{} is '{}'; it must be a number in [{}, {}]", option, value, low, high));
  return number;
}

std::size_t Arguments::choice(const std::string& option, std::span<const std::string_view> choices) const {
  const std::string value = text(option);
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (value == choices[i]) return i;
  throw ParameterError(fmt::format("--{} is '{}'{}", option, value, cartwheel::core::suggestion(value, choices)));
}

std::string Arguments::required(const std::string& option) const {
  if (!has(option))
    throw ParameterError(fmt::format("{} needs --{}, for example: {}", command_.name, option, command_.example));
  return text(option);
}

std::vector<std::filesystem::path> Arguments::event_files(std::size_t from) const {
  if (positional_.size() <= from)
    throw ParameterError(fmt::format("{} needs a file of events, for example: {}", command_.name, command_.example));
  const std::vector<std::filesystem::path> names(positional_.begin() + static_cast<std::ptrdiff_t>(from),
                                                 positional_.end());
  return cartwheel::find_event_files(names);
}

cartwheel::ReadOptions Arguments::read_options(const std::string& out) const {
  cartwheel::ReadOptions options;
  const std::string delimiter = text("delimiter");
  if (delimiter == "tab" || delimiter == "\\t")
    options.delimiter = '\t';
  else if (delimiter.size() == 1)
    options.delimiter = delimiter[0];
  else
    throw ParameterError(fmt::format("--delimiter is '{}'; it must be one character, or tab", delimiter));
  constexpr std::string_view rules[] = {"fail", "skip"};
  options.on_bad_row = static_cast<cartwheel::BadRows>(choice("on-bad-row", rules));
  std::error_code none;
  const bool has_place =
      !out.empty() && (!std::filesystem::exists(out, none) || std::filesystem::is_directory(out, none) ||
                       std::filesystem::is_regular_file(out, none));  // not /dev/stdout
  if (has_place) options.rejects = (std::filesystem::path(out) / "").parent_path().string() + ".rejects.csv";
  for (const std::string& pair : texts("map")) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
      throw ParameterError(fmt::format("--map is '{}'; it must be COLUMN=NAME, such as event_time=timestamp", pair));
    options.column_names[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  options.verify = has("verify");
  options.progress = progress();
  return options;
}

cartwheel::ProgressCallback Arguments::progress() const {
  return [bar = bar_](const cartwheel::Progress& progress) {
    bar->show(progress);
    return !interrupted();
  };
}

std::string help_text(const Command& command) {
  cxxopts::Options options = options_of(command);
  std::vector<std::string> groups;
  for (const std::string& group : options.groups())
    if (group != "Positional") groups.push_back(group);
  return fmt::format("{}\n{}\nExample:\n  {}\n", command.summary, options.help(groups), command.example);
}

}  // namespace intent_cli
