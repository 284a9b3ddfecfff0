#include "tree/bootstrap.hpp"

#include <array>

#include "core/dispatched.hpp"
#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t blocks_at_once = 64;
using Words = std::array<std::uint32_t, 4 * blocks_at_once>;

/// Words of a stream from block `first` on; many at once, as each depends on its number alone.
CARTWHEEL_DISPATCHED void fill(const core::RandomStream& random, std::uint64_t first, Words& words) {
  for (std::size_t i = 0; i < blocks_at_once; ++i) {
    const core::PhiloxBlock block = random.block(first + i);
    for (std::size_t k = 0; k < 4; ++k) words[4 * i + k] = block.words[k];
  }
}

}  // namespace

/// RandomStream::below(rows), `draws` times.
std::vector<std::uint32_t> bootstrap_weights(std::uint64_t seed, std::uint32_t tree, std::uint32_t rows,
                                             std::uint32_t draws) {
  std::vector<std::uint32_t> weights(rows);
  const core::RandomStream random(seed, core::RandomPurpose::bootstrap_rows, tree);
  const std::uint32_t refused = (0u - rows) % rows;  // products whose low half is below would make some rows likelier
  Words words;
  std::uint64_t block = 0;
  for (std::uint32_t done = 0; done < draws; block += blocks_at_once) {
    fill(random, block, words);
    for (std::size_t i = 0; i < words.size() && done < draws; ++i) {
      const std::uint64_t product = std::uint64_t{words[i]} * rows;
      if (static_cast<std::uint32_t>(product) < refused) continue;
      ++weights[product >> 32];
      ++done;
    }
  }
  return weights;
}

}  // namespace cartwheel::tree
