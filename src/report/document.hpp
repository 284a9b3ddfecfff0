#pragma once

#include <cartwheel/report_page.hpp>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

/// The parts of a report's document. Each is bounded, so that the page is.
namespace cartwheel::report {

using Json = nlohmann::ordered_json;

/// A text of at most `limit` bytes: beyond that its end becomes "...".
std::string bounded(std::string_view text, std::size_t limit);
/// The same for every text in `value`, its keys included.
void bound_texts(Json& value, std::size_t limit);
/// Keeps the first `limit` items of an array. @return how many went.
std::size_t bound_items(Json& array, std::size_t limit);
/// Six significant digits: what is drawn needs no more.
Json rounded(double number);
Json rounded(const std::optional<double>& number);
Json sweep_json(const ThresholdSweep& sweep, std::size_t points, std::span<const double> wanted);

Json experiment_part(const ExperimentResult& result, const ExperimentOptions& options);
Json search_part(const ExperimentResult& result, const ExperimentOptions& options);
Json earliness_part(const Earliness& earliness);
Json features_part(std::span<const FeatureEffects> features, const std::string& batch);
Json audit_part(const AuditReport& report);
Json errors_part(const ErrorAnalysis& analysis, const std::function<std::string(std::string_view)>& id);
Json exploration_part(const Exploration& exploration);
Json scored_part(const ScoredSessions& scored);

}  // namespace cartwheel::report
