#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>

#include "core/bytes.hpp"
#include "features/extractor_v1.hpp"
#include "features/extractor_v2.hpp"
#include "features/read_feature_extractor.hpp"

namespace cartwheel {
namespace {

/// What the library knows of one extractor. A new one is a line here.
struct Entry {
  std::string_view name;
  std::unique_ptr<FeatureExtractor> (*make)(const Parameters& parameters);
  std::unique_ptr<FeatureExtractor> (*read)(core::ByteReader& in);
};

template <class Extractor>
constexpr Entry entry_of() {
  return {Extractor::extractor_name,
          [](const Parameters& parameters) -> std::unique_ptr<FeatureExtractor> {
            return std::make_unique<Extractor>(parameters);
          },
          [](core::ByteReader& in) -> std::unique_ptr<FeatureExtractor> { return Extractor::read(in); }};
}

constexpr std::array entries{entry_of<features::ExtractorV1>(), entry_of<features::ExtractorV2>()};

constexpr auto names = [] {
  std::array<std::string_view, entries.size()> list;
  std::ranges::transform(entries, list.begin(), &Entry::name);
  return list;
}();

}  // namespace

std::span<const std::string_view> feature_extractor_names() { return names; }

std::unique_ptr<FeatureExtractor> make_feature_extractor(std::string_view name, const Parameters& parameters) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  // The names are so few and so alike that the list says more than a guess.
  if (found == entries.end())
    throw ParameterError(fmt::format("there is no feature extractor '{}'; known: {}", name, fmt::join(names, ", ")));
  return found->make(parameters);
}

std::unique_ptr<FeatureExtractor> features::read_feature_extractor(core::ByteReader& in) {
  const std::string_view name = in.get_string();
  const auto found = std::ranges::find(entries, name, &Entry::name);
  if (found == entries.end())
    in.fail(fmt::format("it names the feature extractor '{}'; this version knows: {}", name, fmt::join(names, ", ")));
  return found->read(in);
}

}  // namespace cartwheel
