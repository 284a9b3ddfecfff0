#include "tree/model_bytes.hpp"

namespace cartwheel::tree {

void write_head(core::ByteWriter& out, const ModelHead& head) {
  out.put(static_cast<std::uint64_t>(head.feature_names.size()));
  for (const std::string& name : head.feature_names) out.put_string(name);
  out.put(head.impurity.criterion);
  out.put(head.impurity.negative_factor);
  out.put(head.impurity.positive_factor);
}

ModelHead read_head(core::ByteReader& in) {
  ModelHead head;
  const auto columns = in.get<std::uint64_t>();
  if (columns == 0 || columns > in.remaining() / sizeof(std::uint64_t)) in.fail("the number of columns is impossible");
  head.feature_names.reserve(columns);
  for (std::uint64_t j = 0; j < columns; ++j) head.feature_names.emplace_back(in.get_string());
  const auto criterion = in.get<std::uint8_t>();
  if (criterion > static_cast<std::uint8_t>(Criterion::entropy)) in.fail("the criterion is unknown");
  head.impurity.criterion = static_cast<Criterion>(criterion);
  head.impurity.negative_factor = in.get<double>();
  head.impurity.positive_factor = in.get<double>();
  for (const double factor : {head.impurity.negative_factor, head.impurity.positive_factor})
    if (!(factor >= 0x1p-300 && factor <= 2.0)) in.fail("a class weight is out of its range");
  return head;
}

}  // namespace cartwheel::tree
