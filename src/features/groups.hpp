#pragma once

#include <cartwheel/feature_group.hpp>
#include <memory>
#include <string>
#include <vector>

#include "features/extractor_v2_options.hpp"

/// The makers of extractor V2's own groups, a file each.
namespace cartwheel::features {

std::unique_ptr<FeatureGroup> make_base_group(const ExtractorV2Options& options);
std::unique_ptr<FeatureGroup> make_time_group(const ExtractorV2Options& options);
std::unique_ptr<FeatureGroup> make_price_group(const ExtractorV2Options& options);
std::unique_ptr<FeatureGroup> make_path_group(const ExtractorV2Options& options);
std::unique_ptr<FeatureGroup> make_events_group(const ExtractorV2Options& options);
std::unique_ptr<FeatureGroup> make_priors_group(const ExtractorV2Options& options);
std::unique_ptr<FeatureGroup> make_history_group(const ExtractorV2Options& options);

/// What `groups` calls "all": the library's own groups, in the order of their columns.
std::vector<std::string> own_group_names();

/// A group by one of feature_group_names().
std::unique_ptr<FeatureGroup> make_feature_group(const std::string& name, const ExtractorV2Options& options);

}  // namespace cartwheel::features
