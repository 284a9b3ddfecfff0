#include "config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>

#include "core/mapped_file.hpp"
#include "core/suggest.hpp"
#include "settings.hpp"

namespace intent_cli {
namespace {

using cartwheel::ParameterError;
using cartwheel::ParameterValue;

/// Reads one file; keeps its name for messages.
class ConfigReader {
 public:
  explicit ConfigReader(const std::filesystem::path& path) : path_(path) {}

  Config read() {
    const cartwheel::core::MappedFile file(path_);
    toml::table document;
    try {
      document = toml::parse(file.bytes(), path_.string());
    } catch (const toml::parse_error& error) {
      throw cartwheel::DataError(fmt::format("{}: {}", place(error.source()), error.description()));
    }
    for (const auto& [key, node] : document) read_entry(std::string(key.str()), node);
    if (config_.experiment.models.empty())
      throw ParameterError(fmt::format("{}: no model; add a section such as [models.bernoulli_nb]", path_.string()));
    if (config_.experiment.extractors.empty())
      throw ParameterError(fmt::format("{}: no extractor; add a section such as [extractors.V1]", path_.string()));
    sort_as_written(config_.experiment.models, model_lines_);
    sort_as_written(config_.experiment.extractors, extractor_lines_);
    sort_as_written(config_.experiment.steps, step_lines_);
    return std::move(config_);
  }

 private:
  using Lines = std::map<std::string, toml::source_index>;

  std::string place(const toml::source_region& source) const {
    return fmt::format("{}:{}", path_.string(), source.begin.line);
  }

  /// Runs `action`, and puts the file and line before what it has to complain of.
  template <class Action>
  void at(const toml::node& node, const Action& action) const {
    try {
      action();
    } catch (const ParameterError& error) {
      throw ParameterError(fmt::format("{}: {}", place(node.source()), error.what()));
    }
  }

  void read_entry(const std::string& section, const toml::node& node) {
    constexpr std::string_view sections[] = {"data",      "session",    "label", "batches", "search",
                                             "threshold", "extractors", "steps", "models",  "report"};
    if (!node.is_table()) {
      at(node, [&] { apply_setting(config_.experiment, section, values_of(node)); });
      return;
    }
    at(node, [&] {
      if (std::ranges::find(sections, section) == std::end(sections))
        throw ParameterError(
            fmt::format("unknown section [{}]{}", section, cartwheel::core::suggestion(section, sections)));
    });
    for (const auto& [key, value] : *node.as_table()) {  // by name, so search.metric comes before search.refit
      const std::string name(key.str());
      if (section == "models") {
        at(value, [&] { check_name(name, "model", cartwheel::model_names()); });
        config_.experiment.models.push_back({name, grid_of(section, name, value)});
        model_lines_[name] = value.source().begin.line;
      } else if (section == "extractors") {
        at(value, [&] { check_name(name, "extractor", cartwheel::feature_extractor_names()); });
        config_.experiment.extractors.push_back({name, grid_of(section, name, value)});
        extractor_lines_[name] = value.source().begin.line;
      } else if (section == "steps") {
        at(value, [&] { check_name(name, "step", cartwheel::step_names()); });
        config_.experiment.steps.push_back({name, grid_of(section, name, value)});
        step_lines_[name] = value.source().begin.line;
      } else if (section == "data") {
        read_data(name, value);
      } else if (section == "report") {
        read_report(name, value);
      } else if (section == "session" && name == "size") {
        read_sizes(value);
      } else {
        at(value, [&] { apply_setting(config_.experiment, section + "." + name, values_of(value)); });
      }
    }
  }

  /// The last setting that is made is that of the first length.
  void read_sizes(const toml::node& node) {
    at(node, [&] {
      const std::vector<ParameterValue> values = values_of(node);
      if (values.empty()) apply_setting(config_.experiment, "session.size", values);
      for (std::size_t i = values.size(); i-- > 0;) {
        apply_setting(config_.experiment, "session.size", {values[i]});
        config_.sizes.insert(config_.sizes.begin(), config_.experiment.session.size);
      }
    });
  }

  void read_data(const std::string& key, const toml::node& node) {
    at(node, [&] {
      constexpr std::string_view known[] = {"events"};
      if (key != "events")
        throw ParameterError(fmt::format("unknown key 'data.{}'{}", key, cartwheel::core::suggestion(key, known)));
      for (const ParameterValue& value : values_of(node)) {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) throw ParameterError("data.events must be a file name, or a list of them");
        config_.events.push_back(path_.parent_path() / *text);
      }
    });
  }

  void read_report(const std::string& key, const toml::node& node) {
    at(node, [&] {
      constexpr std::string_view known[] = {"parts"};
      if (key != "parts")
        throw ParameterError(fmt::format("unknown key 'report.{}'{}", key, cartwheel::core::suggestion(key, known)));
      std::vector<std::string> words;
      for (const ParameterValue& value : values_of(node)) words.push_back(cartwheel::to_text(value));
      config_.report = parse_report_parts(words);
    });
  }

  static void check_name(const std::string& name, std::string_view what, std::span<const std::string_view> known) {
    if (std::ranges::find(known, name) == known.end())
      throw ParameterError(fmt::format("unknown {} '{}'{}", what, name, cartwheel::core::suggestion(name, known)));
  }

  cartwheel::ParameterGrid grid_of(const std::string& section, const std::string& name, const toml::node& node) const {
    cartwheel::ParameterGrid grid;
    at(node, [&] {
      if (!node.is_table())
        throw ParameterError(fmt::format("{}.{} must be a section: [{}.{}]", section, name, section, name));
      for (const auto& [key, value] : *node.as_table())
        grid[std::string(key.str())] = section == "extractors" && key == "groups" ? groups_of(value) : values_of(value);
    });
    // The names are checked here, where the line is known; values are checked where they are tried.
    cartwheel::Parameters first;
    for (const auto& [key, values] : grid)
      if (!values.empty()) first[key] = values.front();
    if (section == "models") {
      at(node, [&] { check_known(name, first, cartwheel::check_parameters(name, {})); });
    } else if (section == "steps") {
      cartwheel::Parameters all = cartwheel::check_step_parameters(name, {});
      all.emplace("use", true);
      at(node, [&] { check_known(name, first, all); });
    }
    return grid;
  }

  /// @param owner  a model or a step. @param all  its parameters.
  static void check_known(const std::string& owner, const cartwheel::Parameters& parameters,
                          const cartwheel::Parameters& all) {
    std::vector<std::string_view> known;
    for (const auto& entry : all) known.push_back(entry.first);
    for (const auto& [key, value] : parameters)
      if (!all.contains(key))
        throw ParameterError(
            fmt::format("{} has no parameter '{}'{}", owner, key, cartwheel::core::suggestion(key, known)));
  }

  static ParameterValue value_of(const toml::node& node) {
    if (const auto* value = node.as_boolean()) return value->get();
    if (const auto* value = node.as_integer()) return value->get();
    if (const auto* value = node.as_floating_point()) return value->get();
    if (const auto* value = node.as_string()) return value->get() == "None" ? std::string("none") : value->get();
    if (const auto* array = node.as_array()) {
      std::vector<double> numbers;
      for (const toml::node& item : *array) {
        const auto number = item.value<double>();
        if (!number) throw ParameterError("a list within a list must hold numbers alone");
        numbers.push_back(*number);
      }
      return numbers;
    }
    throw ParameterError("a value must be true or false, a number, a text, or a list of these");
  }

  /// One value, or the items of a list.
  static std::vector<ParameterValue> values_of(const toml::node& node) {
    const auto* array = node.as_array();
    if (array == nullptr) return {value_of(node)};
    std::vector<ParameterValue> values;
    for (const toml::node& item : *array) values.push_back(value_of(item));
    return values;
  }

  /// An extractor's groups are a list themselves: ["base", "time"] is one value, [["base"], ["base", "time"]] are two.
  static std::vector<ParameterValue> groups_of(const toml::node& node) {
    const auto* array = node.as_array();
    if (array == nullptr) return {value_of(node)};
    if (array->empty() || array->front().as_array() == nullptr) return {list_text(*array)};
    std::vector<ParameterValue> values;
    for (const toml::node& item : *array) {
      if (item.as_array() == nullptr) throw ParameterError("groups must be names, a list of them, or a list of lists");
      values.emplace_back(list_text(*item.as_array()));
    }
    return values;
  }

  /// "base,time"
  static std::string list_text(const toml::array& array) {
    std::string text;
    for (const toml::node& item : array) {
      const auto name = item.value<std::string>();
      if (!name) throw ParameterError("groups must be names, a list of them, or a list of lists");
      text += (text.empty() ? "" : ",") + *name;
    }
    return text;
  }

  /// A TOML table forgets the order of its keys; a table of results should have the order of the file.
  static void sort_as_written(std::vector<cartwheel::NamedGrid>& grids, const Lines& lines) {
    std::ranges::stable_sort(grids, {}, [&](const cartwheel::NamedGrid& grid) { return lines.at(grid.name); });
  }

  const std::filesystem::path& path_;
  Config config_;
  Lines model_lines_, extractor_lines_, step_lines_;
};

}  // namespace

Config read_config(const std::filesystem::path& path) { return ConfigReader(path).read(); }

void Config::require_one_size(const Command& command) const {
  if (sizes.size() > 1)
    throw ParameterError(
        fmt::format("[session] size is a list, which only 'run' compares; give {} one of them", command.name));
}

std::filesystem::path config_path(const Arguments& arguments, const Command& command) {
  if (arguments.positional().empty())
    throw ParameterError(fmt::format("{} needs a config file, for example: {}", command.name, command.example));
  return arguments.positional()[0];
}

std::vector<std::filesystem::path> event_files(const Arguments& arguments, const Config& config,
                                               const Command& command) {
  if (arguments.positional().size() > 1) return arguments.event_files(1);
  if (config.events.empty())
    throw ParameterError(
        fmt::format("{} needs events: name a file after the config, or [data] events within it; for example: {}",
                    command.name, command.example));
  return cartwheel::find_event_files(config.events);
}

}  // namespace intent_cli
