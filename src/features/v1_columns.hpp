#pragma once

#include <cstddef>

namespace cartwheel::features::v1 {

/// The columns of extractor V1, in the order of the published method.
enum Feature : std::size_t {
  event_count,
  weekday,
  hour,
  price_mean,
  price_std,
  category_code_nunique,
  category_code_count,
  category_id_nunique,
  category_id_count,
  brand_nunique,
  brand_count,
  product_nunique,
  category_ratio,
  brand_ratio,
  product_ratio,
  feature_count
};

}  // namespace cartwheel::features::v1
