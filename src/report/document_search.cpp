#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

#include "report/document.hpp"

namespace cartwheel::report {
namespace {

constexpr std::size_t most_rows = 900, most_parameters = 60, most_values = 24;

/// All that a combination sets: the model's parameters by their names, those of extractor and steps after theirs.
Parameters all_parameters(const SearchRow& row) {
  Parameters all = row.model_parameters;
  for (const auto& [name, value] : row.extractor_parameters) all.emplace(row.extractor + "." + name, value);
  for (const NamedStep& step : row.steps)
    for (const auto& [name, value] : step.parameters) all.emplace(step.name + "." + name, value);
  return all;
}

/// How the combinations with one value of a parameter did.
struct ValueScores {
  std::string text;
  std::uint64_t combinations = 0, chosen = 0;
  double sum = 0.0, best = 0.0;
  void add(double score) {
    best = combinations == 0 ? score : std::max(best, score);
    ++combinations;
    sum += score;
  }
};

/// Scores by value, the values in the order of their first mention.
class ParameterScores {
 public:
  ValueScores& of(const std::string& value) {
    const auto [found, is_new] = places_.try_emplace(value, values_.size());
    if (is_new) values_.push_back({value});
    return values_[found->second];
  }
  bool varies() const { return values_.size() > 1; }
  Json json() const {
    Json list = Json::array();
    for (const ValueScores& value : values_)
      list.push_back(
          {{"value", bounded(value.text, 60)},
           {"combinations", value.combinations},
           {"mean", value.combinations == 0 ? Json() : rounded(value.sum / static_cast<double>(value.combinations))},
           {"best", value.combinations == 0 ? Json() : rounded(value.best)},
           {"chosen", value.chosen}});
    bound_items(list, most_values);
    return list;
  }

 private:
  std::vector<ValueScores> values_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// By model and parameter, over all batches.
Json parameters_json(const ExperimentResult& result) {
  std::map<std::pair<std::string, std::string>, ParameterScores> scores;
  for (const SearchRow& row : result.search) {
    if (row.fold_scores.empty()) continue;
    scores[{row.model, "extractor"}].of(row.extractor).add(row.mean);
    for (const auto& [name, value] : all_parameters(row)) scores[{row.model, name}].of(to_text(value)).add(row.mean);
  }
  for (const BatchRow& row : result.table) {
    if (row.dummy) continue;
    if (const auto found = scores.find({row.model, "extractor"}); found != scores.end())
      ++found->second.of(row.extractor).chosen;
    for (const auto& [name, value] : row.best_params)
      if (const auto found = scores.find({row.model, name}); found != scores.end())
        ++found->second.of(to_text(value)).chosen;
  }
  Json list = Json::array();
  for (const auto& [key, values] : scores)
    if (values.varies())
      list.push_back({{"model", key.first}, {"parameter", bounded(key.second, 60)}, {"values", values.json()}});
  bound_items(list, most_parameters);
  return list;
}

/// The best of the latest batches, where there is no room for all; in the order of the search.
std::vector<std::size_t> shown_rows(const std::vector<SearchRow>& search) {
  std::vector<std::size_t> rows(search.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (rows.size() <= most_rows) return rows;
  std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
    return search[a].batch != search[b].batch ? search[a].batch > search[b].batch : search[a].mean > search[b].mean;
  });
  rows.resize(most_rows);
  std::ranges::sort(rows);
  return rows;
}

}  // namespace

Json search_part(const ExperimentResult& result, const ExperimentOptions& options) {
  Json rows = Json::array();
  for (const std::size_t i : shown_rows(result.search)) {
    const SearchRow& row = result.search[i];
    Json steps = bounded(to_text(row.steps), 100);
    rows.push_back({{"batch", row.batch},
                    {"model", row.model},
                    {"extractor", row.extractor},
                    {"parameters", bounded(to_text(row.model_parameters), 140)},
                    {"steps", steps},
                    {"mean", row.fold_scores.empty() ? Json() : rounded(row.mean)},
                    {"standard_error", row.fold_scores.empty() ? Json() : rounded(row.standard_error)}});
    if (!row.error.empty()) rows.back()["error"] = bounded(row.error, 200);
  }
  return {{"metric", name_of(options.metric)},
          {"folds", options.batches.folds},
          {"combinations", result.search.size()},
          {"rows", rows},
          {"rows_not_shown", result.search.size() - rows.size()},
          {"parameters", parameters_json(result)}};
}

}  // namespace cartwheel::report
