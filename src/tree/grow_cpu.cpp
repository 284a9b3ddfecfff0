#include "core/parallel.hpp"
#include "tree/grow.hpp"
#include "tree/growing_tree.hpp"

namespace cartwheel::tree {
namespace {

class CpuGrower final : public Grower {
 public:
  CpuGrower(const BinnedColumns& x, std::span<const std::uint8_t> labels, const GrowSettings& settings)
      : training_(x, labels, settings) {}

  std::size_t trees_at_once() const override { return static_cast<std::size_t>(core::thread_count()); }

  std::vector<TreeNodes> grow(std::span<const TreeSample> batch) override {
    std::vector<TreeNodes> trees(batch.size());
    core::parallel_for(batch.size(), [&](std::size_t i) {
      trees[i] = training_.settings.units.empty() ? GrowingTree<TreeRow>(training_, batch[i]).grow()
                                                  : GrowingTree<WeightedTreeRow>(training_, batch[i]).grow();
    });
    return trees;
  }

 private:
  Training training_;
};

}  // namespace

std::unique_ptr<Grower> make_cpu_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                        const GrowSettings& settings) {
  return std::make_unique<CpuGrower>(x, labels, settings);
}

}  // namespace cartwheel::tree
