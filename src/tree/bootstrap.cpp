#include "tree/bootstrap.hpp"

#include "core/philox.hpp"

namespace cartwheel::tree {

std::vector<std::uint32_t> bootstrap_weights(std::uint64_t seed, std::uint32_t tree, std::uint32_t rows,
                                             std::uint32_t draws) {
  std::vector<std::uint32_t> weights(rows);
  core::RandomStream random(seed, core::RandomPurpose::bootstrap_rows, tree);
  for (std::uint32_t i = 0; i < draws; ++i) ++weights[random.below(rows)];
  return weights;
}

}  // namespace cartwheel::tree
