#include "tree/model_bytes.hpp"

#include <algorithm>
#include <functional>

#include "tree/binning.hpp"

namespace cartwheel::tree {

void write_head(core::ByteWriter& out, const ModelHead& head) {
  out.put(static_cast<std::uint64_t>(head.feature_names.size()));
  for (const std::string& name : head.feature_names) out.put_string(name);
  for (const std::vector<std::string>& levels : head.levels) {
    out.put(static_cast<std::uint32_t>(levels.size()));
    for (const std::string& level : levels) out.put_string(level);
  }
  out.put(head.weight_unit);
}

ModelHead read_head(core::ByteReader& in) {
  ModelHead head;
  const auto columns = in.get<std::uint64_t>();
  if (columns == 0 || columns > in.remaining() / sizeof(std::uint64_t)) in.fail("the number of columns is impossible");
  head.feature_names.reserve(columns);
  for (std::uint64_t j = 0; j < columns; ++j) head.feature_names.emplace_back(in.get_string());
  head.levels.resize(columns);
  for (std::vector<std::string>& levels : head.levels) {
    const auto size = in.get<std::uint32_t>();
    if (size > most_levels) in.fail("a column has an impossible number of levels");
    for (std::uint32_t i = 0; i < size; ++i) levels.emplace_back(in.get_string());
    if (!std::ranges::is_sorted(levels, std::less_equal{})) in.fail("a column's levels are not in order");
  }
  head.weight_unit = in.get<double>();
  if (!(head.weight_unit > 0.0 && head.weight_unit <= 0x1p1023)) in.fail("the unit of weights is out of its range");
  return head;
}

}  // namespace cartwheel::tree
