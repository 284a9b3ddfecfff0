#include <fmt/format.h>

#include <cartwheel/feature_extractor.hpp>

#include "command.hpp"
#include "core/csv_text.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

using cartwheel::FeatureDefinition;
using cartwheel::core::csv_field;

void add_options(cxxopts::Options& options) {
  options.add_options()("extractor", "The extractor to list", cxxopts::value<std::string>()->default_value("V1"),
                        "NAME");
}

std::string as_csv(const std::vector<FeatureDefinition>& features) {
  std::string text = "name,definition,fitted\n";
  for (const FeatureDefinition& feature : features)
    text +=
        fmt::format("{},{},{}\n", csv_field(feature.name), csv_field(feature.definition), csv_field(feature.fitted));
  return text;
}

std::string as_text(const std::vector<FeatureDefinition>& features) {
  std::string text;
  for (const FeatureDefinition& feature : features)
    text += fmt::format("{}\n    {}\n    fitted: {}\n", feature.name, feature.definition, feature.fitted);
  return text;
}

void run(const Arguments& arguments) {
  Stopwatch stopwatch;
  const auto features = cartwheel::make_feature_extractor(arguments.text("extractor"), {})->definitions();
  Json list = Json::array();
  for (const FeatureDefinition& feature : features)
    list.push_back({{"name", feature.name}, {"definition", feature.definition}, {"fitted", feature.fitted}});
  finish(arguments, arguments.format() == Format::csv ? as_csv(features) : as_text(features), list, {}, stopwatch);
}

}  // namespace

const Command features_command{"features",
                               "[--extractor V1]",
                               "List every feature: name, definition, what is fitted",
                               "intent_cli features --extractor V1",
                               add_options,
                               run};

}  // namespace intent_cli
