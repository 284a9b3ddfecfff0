#include "analysis/compared_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace cartwheel::analysis {
namespace {

/// A cell as bits, or as the text of a level.
class Cells {
 public:
  Cells(const FeatureMatrix& x, std::size_t j) : category_(std::get_if<CategoryColumn>(&x.column(j))) {
    if (category_ != nullptr) return;
    values_.resize(x.rows());
    x.copy_column(j, values_);
  }
  bool same(std::size_t row, const Cells& other) const {
    if (category_ != nullptr || other.category_ != nullptr) return text(row) == other.text(row);
    return std::bit_cast<std::uint32_t>(values_[row]) == std::bit_cast<std::uint32_t>(other.values_[row]);
  }
  std::string text(std::size_t row) const {
    if (category_ != nullptr) return category_->levels[category_->codes[row]];
    return std::isnan(values_[row]) ? "missing" : fmt::format("{}", values_[row]);
  }

 private:
  const CategoryColumn* category_;
  std::vector<float> values_;
};

/// Columns that only one of the two has.
std::vector<std::string> names_of_one(const FeatureMatrix& a, const FeatureMatrix& b) {
  std::vector<std::string> names;
  for (const auto* pair : {&a, &b}) {
    const FeatureMatrix& other = pair == &a ? b : a;
    for (const std::string& name : pair->names())
      if (std::ranges::find(other.names(), name) == other.names().end()) names.push_back(name);
  }
  return names;
}

}  // namespace

RowKey key_of(const SessionTable& sessions, std::uint32_t row) {
  return {sessions.session[row], sessions.user[row], sessions.start[row]};
}

std::optional<std::uint32_t> find_row(const SessionTable& sessions, const RowKey& key) {
  for (auto at = std::ranges::lower_bound(sessions.start, key.start); at != sessions.start.end() && *at == key.start;
       ++at) {
    const auto row = static_cast<std::uint32_t>(at - sessions.start.begin());
    if (key_of(sessions, row) == key) return row;
  }
  return std::nullopt;
}

std::optional<Difference> compare_rows(const SessionTable& before, std::span<const std::uint32_t> rows_before,
                                       const SessionTable& after, std::span<const std::uint32_t> rows_after,
                                       const std::string& kind) {
  const std::size_t both = std::min(rows_before.size(), rows_after.size());
  for (std::size_t i = 0; i < both; ++i) {
    const std::uint32_t a = rows_before[i], b = rows_after[i];
    if (key_of(before, a) != key_of(after, b))
      return Difference{kind + "s", {}, before.session_name(a), before.session_name(a), after.session_name(b)};
    if (before.label[a] != after.label[b])
      return Difference{"label of a " + kind,
                        {"label"},
                        before.session_name(a),
                        fmt::format("{}", before.label[a]),
                        fmt::format("{}", after.label[b])};
  }
  if (rows_before.size() != rows_after.size())
    return Difference{kind + "s",
                      {},
                      "",
                      fmt::format("{} sessions", rows_before.size()),
                      fmt::format("{} sessions", rows_after.size())};
  return std::nullopt;
}

std::optional<Difference> compare_columns(const FeatureMatrix& before, const FeatureMatrix& after,
                                          const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                          const std::string& kind) {
  if (before.names() != after.names())
    return Difference{"columns of a " + kind, names_of_one(before, after), "",
                      fmt::format("{}", fmt::join(before.names(), ", ")),
                      fmt::format("{}", fmt::join(after.names(), ", "))};
  if (before.rows() != after.rows())
    return Difference{kind + "s", {}, "", fmt::format("{} rows", before.rows()), fmt::format("{} rows", after.rows())};
  std::optional<Difference> first;
  for (std::size_t j = 0; j < before.columns(); ++j) {
    const Cells a(before, j), b(after, j);
    for (std::size_t row = 0; row < before.rows(); ++row) {
      if (a.same(row, b)) continue;
      if (!first)
        first = Difference{fmt::format("feature {} of a {}", before.names()[j], kind),
                           {},
                           row < rows.size() ? sessions.session_name(rows[row]) : "",
                           a.text(row),
                           b.text(row)};
      first->features.push_back(before.names()[j]);
      break;
    }
  }
  return first;
}

}  // namespace cartwheel::analysis
