#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/version.hpp>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/bytes.hpp"
#include "core/mapped_file.hpp"
#include "features/read_feature_extractor.hpp"
#include "pipeline/model_registry.hpp"
#include "pipeline/step_registry.hpp"

// A model file:
//   magic             8 bytes
//   format version    uint32
//   sections          uint32 count, then each: tag (4 characters), length (uint64), bytes
//   checksum          uint64, XXH3 of all bytes before it
// Sections, in this order: META (JSON, for people and for what is not numbers in bulk), EXTR (absent for a table's
// model), STEP (one for each step, from extractor to model: its name, then its state), MODL.
namespace cartwheel {
namespace {

using Json = nlohmann::json;

constexpr std::string_view magic = "CWMODEL\n";
constexpr std::uint32_t format_version = 2;

// --- META ------------------------------------------------------------------------------------------------------------

Json to_json(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& entry : parameters) std::visit([&](const auto& value) { json[entry.first] = value; }, entry.second);
  return json;
}

ParameterValue value_from(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_array()) return json.get<std::vector<double>>();
  return json.get<std::string>();
}

Parameters parameters_from(const Json& json) {
  Parameters parameters;
  for (const auto& [name, value] : json.items()) parameters.emplace(name, value_from(value));
  return parameters;
}

Json to_json(const std::vector<NamedStep>& steps) {
  Json json = Json::array();
  for (const NamedStep& step : steps) json.push_back({{"name", step.name}, {"parameters", to_json(step.parameters)}});
  return json;
}

std::vector<NamedStep> steps_from(const Json& json) {
  std::vector<NamedStep> steps;
  for (const Json& step : json)
    steps.push_back({step.at("name").get<std::string>(), parameters_from(step.at("parameters"))});
  return steps;
}

Json to_json(const SessionOptions& session) {
  return {{"size", session.size},
          {"label", name_of(session.label)},
          {"target_cart", session.target_cart},
          {"target_purchase", session.target_purchase},
          {"horizon", session.horizon},
          {"gap", session.gap},
          {"short", session.short_sessions == ShortSessions::keep ? "keep" : "leave_out"}};
}

SessionOptions session_from(const Json& json, const core::ByteReader& in) {
  SessionOptions session;
  session.size = json.at("size").get<int>();
  const auto label = json.at("label").get<std::string>();
  constexpr std::array labels{Label::future, Label::window, Label::session};
  const auto* const found = std::ranges::find(labels, label, [](Label l) { return name_of(l); });
  if (found == labels.end()) in.fail(fmt::format("it has an unknown label, '{}'", label));
  session.label = *found;
  session.target_cart = json.at("target_cart").get<bool>();
  session.target_purchase = json.at("target_purchase").get<bool>();
  session.horizon = json.at("horizon").get<std::int64_t>();
  session.gap = json.at("gap").get<std::int64_t>();
  session.short_sessions =
      json.at("short").get<std::string>() == "keep" ? ShortSessions::keep : ShortSessions::leave_out;
  session.check();
  return session;
}

std::string meta_text(const Pipeline& pipeline) {
  const Provenance& from = pipeline.provenance;
  return Json{{"library_version", from.library_version},
              {"model", pipeline.model->name()},
              {"parameters", to_json(from.parameters)},
              {"seed", from.seed},
              {"session", to_json(pipeline.session)},
              {"steps", to_json(from.steps)},
              {"threshold", pipeline.threshold},
              {"train_begin", from.train_begin},
              {"train_end", from.train_end},
              {"train_positives", from.train_positives},
              {"train_rows", from.train_rows}}
      .dump(-1, ' ', /*ensure_ascii=*/true);
}

void read_meta(const Json& json, Pipeline& pipeline, const core::ByteReader& in) {
  Provenance& from = pipeline.provenance;
  from.library_version = json.at("library_version").get<std::string>();
  from.parameters = parameters_from(json.at("parameters"));
  from.steps = steps_from(json.at("steps"));
  from.seed = json.at("seed").get<std::uint64_t>();
  from.train_begin = json.at("train_begin").get<std::int64_t>();
  from.train_end = json.at("train_end").get<std::int64_t>();
  from.train_rows = json.at("train_rows").get<std::uint64_t>();
  from.train_positives = json.at("train_positives").get<std::uint64_t>();
  pipeline.threshold = json.at("threshold").get<double>();
  pipeline.session = session_from(json.at("session"), in);
}

// --- Sections --------------------------------------------------------------------------------------------------------

struct Section {
  std::array<char, 4> tag;
  std::string bytes;
};

/// @param name  written before the part, where its bytes do not say what it is.
template <class Part>
Section section_of(const char (&tag)[5], const Part& part, std::string_view name = {}) {
  core::ByteWriter out;
  if (!name.empty()) out.put_string(name);
  part.write(out);
  return {{tag[0], tag[1], tag[2], tag[3]}, out.bytes()};
}

/// The section of that tag, if it comes next.
std::optional<std::string_view> take_section(core::ByteReader& in, std::uint32_t& left, std::string_view tag) {
  if (left == 0) return {};
  core::ByteReader ahead = in;
  const auto found = ahead.get<std::array<char, 4>>();
  if (std::string_view(found.data(), found.size()) != tag) return {};
  const std::string_view bytes = ahead.get_string();
  in = ahead;
  --left;
  return bytes;
}

std::string_view need_section(core::ByteReader& in, std::uint32_t& left, std::string_view tag) {
  if (const auto bytes = take_section(in, left, tag)) return *bytes;
  in.fail(fmt::format("its section {} is missing", tag));
}

template <class Read>
auto read_section(std::string_view bytes, const std::string& what, std::string_view tag, const Read& read) {
  core::ByteReader in(bytes, fmt::format("{} (section {})", what, tag));
  auto part = read(in);
  in.expect_end();
  return part;
}

}  // namespace

std::string to_bytes(const Pipeline& pipeline) {
  std::vector<Section> sections{{{'M', 'E', 'T', 'A'}, meta_text(pipeline)}};
  if (pipeline.extractor) sections.push_back(section_of("EXTR", *pipeline.extractor));
  for (const auto& step : pipeline.steps) sections.push_back(section_of("STEP", *step, step->name()));
  sections.push_back(section_of("MODL", *pipeline.model));

  core::ByteWriter out;
  for (const char c : magic) out.put(c);
  out.put(format_version);
  out.put(static_cast<std::uint32_t>(sections.size()));
  for (const auto& [tag, bytes] : sections) {
    out.put(tag);
    out.put_string(bytes);
  }
  out.put(std::uint64_t{XXH3_64bits(out.bytes().data(), out.bytes().size())});
  return out.bytes();
}

Pipeline from_bytes(std::string_view bytes, std::string what) {
  constexpr std::size_t frame = magic.size() + 2 * sizeof(std::uint32_t) + sizeof(std::uint64_t);
  if (!bytes.starts_with(magic.substr(0, std::min(bytes.size(), magic.size()))) || bytes.empty())
    throw DataError(
        fmt::format("{} is not a Cartwheel model; make one with 'intent_cli fit' or 'intent_cli run'", what));
  if (bytes.size() < frame) throw DataError(fmt::format("{} is damaged: it ends after {} bytes", what, bytes.size()));

  core::ByteReader in(bytes, what);
  in.get<std::array<char, magic.size()>>();
  const auto version = in.get<std::uint32_t>();
  if (version != format_version)
    throw DataError(
        fmt::format("{} has model format {}; this library ({}) reads format {}: use the version that wrote it, "
                    "or fit the model anew",
                    what, version, cartwheel::version(), format_version));
  const std::string_view checked = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, bytes.data() + checked.size(), sizeof checksum);
  if (checksum != XXH3_64bits(checked.data(), checked.size()))
    in.fail("its checksum does not match; it was cut off or changed");

  Pipeline pipeline;
  auto left = in.get<std::uint32_t>();
  const std::string_view meta = need_section(in, left, "META");
  const auto extractor = take_section(in, left, "EXTR");
  std::vector<std::string_view> steps;
  while (const auto step = take_section(in, left, "STEP")) steps.push_back(*step);
  const std::string_view model = need_section(in, left, "MODL");
  if (left != 0 || in.remaining() != sizeof checksum) in.fail("it has sections that this library does not know");
  std::string kind;
  try {
    const Json json = Json::parse(meta);
    read_meta(json, pipeline, in);
    kind = json.at("model").get<std::string>();
  } catch (const Json::exception& error) {
    in.fail(fmt::format("its section META cannot be read ({})", error.what()));
  } catch (const ParameterError& error) {
    in.fail(error.what());
  }
  if (extractor) pipeline.extractor = read_section(*extractor, what, "EXTR", features::read_feature_extractor);
  for (const std::string_view step : steps)
    pipeline.steps.push_back(read_section(step, what, "STEP", [](core::ByteReader& part) {
      const std::string name(part.get_string());
      return pipeline::read_step(name, part);
    }));
  pipeline.model =
      read_section(model, what, "MODL", [&](core::ByteReader& part) { return pipeline::read_model(kind, part); });
  return pipeline;
}

void save_pipeline(const Pipeline& pipeline, const std::filesystem::path& path) {
  core::write_file_atomically(path, to_bytes(pipeline));
}

Pipeline load_pipeline(const std::filesystem::path& path) {
  const core::MappedFile file(path);
  return from_bytes(file.bytes(), path.string());
}

}  // namespace cartwheel
