#include "features/extractor_v2.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <iterator>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "features/groups.hpp"

namespace cartwheel::features {

ExtractorV2::ExtractorV2(const Parameters& parameters) : options_(parameters) {
  for (const std::string& name : options_.groups) groups_.push_back(make_feature_group(name, options_));
}

std::vector<FeatureDefinition> ExtractorV2::definitions() const {
  std::vector<FeatureDefinition> all;
  for (const auto& group : groups_) std::ranges::move(group->definitions(session_), std::back_inserter(all));
  return all;
}

WindowRows ExtractorV2::windows_of(const SessionTable& sessions, std::span<const std::uint32_t> rows) const {
  if (options_.session_size > static_cast<std::size_t>(sessions.options.size))
    throw ParameterError(fmt::format(
        "V2: session_size is {}, but the sessions' windows hold {} events; lower session_size, or raise session.size",
        options_.session_size, sessions.options.size));
  if (const auto last = std::ranges::max_element(rows); last != rows.end() && *last >= sessions.size())
    throw DataError(fmt::format("V2: row {} was asked of a table of {} sessions", *last, sessions.size()));
  return {sessions, rows, options_.session_size};
}

FeatureMatrix ExtractorV2::matrix_of(std::vector<FeatureGroup::Columns> columns, std::size_t rows) const {
  FeatureMatrix matrix(rows);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::vector<std::string>& names = column_names_[g];
    if (names.size() != columns[g].size())
      throw ParameterError(fmt::format("group {} of V2 has {} definitions for {} columns", options_.groups[g],
                                       names.size(), columns[g].size()));
    for (std::size_t c = 0; c < names.size(); ++c) matrix.add(names[c], std::move(columns[g][c]));
  }
  return matrix;
}

/// Once, because definitions are long texts, and a single session is otherwise scored in less time than it takes to
/// write them.
void ExtractorV2::name_columns() {
  column_names_.clear();
  for (const auto& group : groups_) {
    std::vector<std::string>& names = column_names_.emplace_back();
    for (FeatureDefinition& definition : group->definitions(session_)) names.push_back(std::move(definition.name));
  }
}

const HistoryReader* ExtractorV2::history_reader() const {
  for (const auto& group : groups_)
    if (const auto* reader = dynamic_cast<const HistoryReader*>(group.get())) return reader;
  return nullptr;
}

void ExtractorV2::check_label(const SessionTable& sessions) const {
  if (!fitted_) throw ParameterError("V2: transform was called before fit_transform");
  if (sessions.options.label != session_.label)
    throw ParameterError(fmt::format("V2: the sessions have label {}, but the fit had {}; build them with that label",
                                     name_of(sessions.options.label), name_of(session_.label)));
}

FeatureMatrix ExtractorV2::fit_transform(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                         std::int64_t train_end) {
  const WindowRows windows = windows_of(sessions, rows);
  session_ = sessions.options;
  std::vector<FeatureGroup::Columns> columns(groups_.size());
  core::parallel_for(groups_.size(), [&](std::size_t g) { columns[g] = groups_[g]->fit_columns(windows, train_end); });
  name_columns();
  fitted_ = true;
  return matrix_of(std::move(columns), rows.size());
}

FeatureMatrix ExtractorV2::transform(const SessionTable& sessions, std::span<const std::uint32_t> rows) const {
  check_label(sessions);
  const WindowRows windows = windows_of(sessions, rows);
  std::vector<FeatureGroup::Columns> columns(groups_.size());
  core::parallel_for(groups_.size(), [&](std::size_t g) { columns[g] = groups_[g]->columns(windows); });
  return matrix_of(std::move(columns), rows.size());
}

FeatureMatrix ExtractorV2::transform_with(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                          std::span<const KnownHistory> known) const {
  check_label(sessions);
  const WindowRows windows = windows_of(sessions, rows);
  std::vector<FeatureGroup::Columns> columns;
  columns.reserve(groups_.size());
  for (const auto& group : groups_) {
    const auto* reader = dynamic_cast<const HistoryReader*>(group.get());
    columns.push_back(reader != nullptr ? reader->columns_with(windows, known) : group->columns(windows));
  }
  return matrix_of(std::move(columns), rows.size());
}

void ExtractorV2::count_values(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                               Account& account) const {
  if (!fitted_) throw ParameterError("V2: count_values was called before fit_transform");
  const WindowRows windows = windows_of(sessions, rows);
  for (const auto& group : groups_) group->count_values(windows, account);
}

void ExtractorV2::write(core::ByteWriter& out) const {
  if (!fitted_) throw ParameterError("V2: write was called before fit_transform");
  out.put_string(extractor_name);
  out.put(static_cast<std::uint64_t>(options_.full.size()));
  for (const auto& [name, value] : options_.full) {
    out.put_string(name);
    // The groups as they are now: "all" may mean more elsewhere.
    out.put_string(name == "groups" ? fmt::format("{}", fmt::join(options_.groups, ",")) : to_text(value));
  }
  out.put(static_cast<std::uint8_t>(session_.label));
  out.put(static_cast<std::uint8_t>((session_.target_cart ? 1 : 0) | (session_.target_purchase ? 2 : 0)));
  for (const auto& group : groups_) out.put_string(group->state());
}

std::unique_ptr<ExtractorV2> ExtractorV2::read(core::ByteReader& in) {
  Parameters parameters;
  const auto size = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::string name(in.get_string());
    parameters[name] = parse_parameter(in.get_string());
  }
  std::unique_ptr<ExtractorV2> extractor;
  try {
    extractor = std::make_unique<ExtractorV2>(parameters);
  } catch (const ParameterError& error) {
    in.fail(error.what());
  }
  const auto label = in.get<std::uint8_t>(), targets = in.get<std::uint8_t>();
  if (label > static_cast<std::uint8_t>(Label::session) || targets < 1 || targets > 3)
    in.fail("the label of V2 does not exist");
  extractor->session_.label = static_cast<Label>(label);
  extractor->session_.target_cart = (targets & 1) != 0;
  extractor->session_.target_purchase = (targets & 2) != 0;
  for (std::size_t g = 0; g < extractor->groups_.size(); ++g) {
    const std::string& group = extractor->options_.groups[g];
    const std::string_view state = in.get_string();
    try {
      extractor->groups_[g]->restore(state, fmt::format("group {} of V2", group));
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {  // a group of the user's own may throw anything
      in.fail(fmt::format("the state of group {} cannot be read ({})", group, error.what()));
    }
  }
  extractor->name_columns();
  extractor->fitted_ = true;
  return extractor;
}

}  // namespace cartwheel::features
