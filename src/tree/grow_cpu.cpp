#include <algorithm>
#include <atomic>

#include "core/first_exception.hpp"
#include "core/parallel.hpp"
#include "tree/grow.hpp"
#include "tree/growing_tree.hpp"

namespace cartwheel::tree {
namespace {

/// @tparam Row  TreeRow or WeightedTreeRow.
template <class Row>
class CpuGrower final : public Grower {
 public:
  CpuGrower(const BinnedColumns& x, std::span<const std::uint8_t> labels, const GrowSettings& settings)
      : training_(x, labels, settings) {}

  std::vector<TreeNodes> grow(std::span<const TreeSample> batch) override {
    std::vector<TreeNodes> trees(batch.size());
    core::FirstException failure;
    std::atomic<std::size_t> next{0};
    // As many trees at once as there are threads, which bounds the memory. Who finds no tree left helps with others'.
    core::parallel_for(std::min(batch.size(), static_cast<std::size_t>(core::thread_count())), [&](std::size_t) {
      for (std::size_t i = next++; i < batch.size(); i = next++)
        failure.run(i, [&](std::size_t tree) { trees[tree] = GrowingTree<Row>(training_, pool_, batch[tree]).grow(); });
    });
    failure.rethrow();
    return trees;
  }

 private:
  Training training_;
  typename GrowingTree<Row>::Pool pool_;
};

}  // namespace

std::unique_ptr<Grower> make_cpu_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                        const GrowSettings& settings) {
  if (settings.units.empty()) return std::make_unique<CpuGrower<TreeRow>>(x, labels, settings);
  return std::make_unique<CpuGrower<WeightedTreeRow>>(x, labels, settings);
}

}  // namespace cartwheel::tree
