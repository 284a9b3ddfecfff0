#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "core/pairwise_sum.hpp"
#include "linear/design_on_device.cuh"
#include "linear/gram_kernel.cuh"
#include "linear/row_kernels.cuh"
#include "linear/row_kernels.hpp"
#include "linear/row_passes.hpp"

namespace cartwheel::linear {

namespace {

using core::DeviceBuffer;

/// Labels and margins stay on the device, and the columns, if they fit; a call sends one vector of coefficients and
/// takes back one of sums.
class CudaRowPasses final : public RowPasses {
 public:
  CudaRowPasses(const Design& design, const LabelledRows& rows)
      : design_(design),
        tiles_(core::tiles_of(design.rows)),
        y_(rows.y, "labels"),
        weight_(rows.sample_weight, "sample weights"),
        coefficients_(design.columns(), "coefficients"),
        kept_(design.rows, "margins"),
        last_(design.rows, "margins"),
        residual_(design.rows, "residuals"),
        table_((design.columns() + row_sums) * tiles_, "sums of tiles"),
        sums_(design.columns() + row_sums, "sums"),
        extremes_(row_extremes * tiles_, "extremes of tiles"),
        on_device_(design) {
    rows_ = {y_.data(), weight_.data(), {rows.class_weight[0], rows.class_weight[1]}};
    kept_.fill_with_zeros();
    last_.fill_with_zeros();
  }

  std::size_t row_count() const override { return design_.rows; }

  Point evaluate(std::span<const double> beta, std::span<double> gradient) override {
    const std::size_t columns = design_.columns();
    const std::vector<double> b = unscaled(design_, beta);
    const double constant = (design_.intercept ? beta.back() : 0.0) + usual_margin(design_, b);
    coefficients_.set(b);
    for (std::size_t number = 0; number < on_device_.blocks(); ++number) {
      const DesignView& block = on_device_.block(number);
      compute_margins(block, coefficients_.data(), constant, last_.data());
      sum_rows(rows_, {block.first_tile, block.tile_count, design_.rows, tiles_}, kept_.data(), last_.data(), 1.0,
               residual_.data(), table_.data() + columns * tiles_, extremes_.data());
      sum_gradient(block, residual_.data(), table_.data());
    }
    core::add_pairwise_on_device(table_.data(), columns + row_sums, tiles_, sums_.data());
    const std::vector<double> sums = sums_.to_host(), extremes = extremes_.to_host();
    finish_gradient(design_, std::span(sums).first(columns), sums[columns + residual], gradient);
    constexpr double infinity = std::numeric_limits<double>::infinity();  // of no rows
    const auto extremes_of = [&](std::size_t number) { return std::span(extremes).subspan(number * tiles_, tiles_); };
    const auto least = [&](std::size_t number) { return std::ranges::min(extremes_of(number)); };
    if (tiles_ == 0) return {sums[columns + loss], sums[columns + error], infinity, infinity, -infinity};
    return {sums[columns + loss], sums[columns + error], least(0), least(1), std::ranges::max(extremes_of(2))};
  }

  void keep() override { std::swap(kept_, last_); }

  Way along(double t) override {
    double* const table = table_.data() + design_.columns() * tiles_;
    sum_rows(rows_, {0, tiles_, design_.rows, tiles_}, kept_.data(), last_.data(), t, nullptr, table, extremes_.data());
    core::add_pairwise_on_device(table, row_sums, tiles_, sums_.data());
    std::array<double, row_sums> sums;
    sums_.get(sums);
    return {sums[loss], sums[slope]};
  }

  void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) override {
    const GramLayout layout(design_, coordinates);
    const DeviceBuffer<double> curvature(design_.rows, "curvatures");
    compute_curvatures(rows_, design_.rows, kept_.data(), curvature.data());
    fill_gram(design_, layout, coordinates, gram_sums_on_device(on_device_, layout, curvature.data()), out);
  }

 private:
  enum RowSum : std::size_t { loss, error, residual, slope };

  const Design& design_;
  std::size_t tiles_;
  DeviceBuffer<std::uint8_t> y_;
  DeviceBuffer<double> weight_, coefficients_, kept_, last_, residual_;
  DeviceBuffer<double> table_;  ///< [columns, then row_sums][tiles]
  DeviceBuffer<double> sums_, extremes_;
  DesignOnDevice on_device_;  ///< The last to be made: it looks at how much memory is left.
  RowsView rows_;
};

}  // namespace

std::unique_ptr<RowPasses> make_cuda_row_passes(const Design& design, const LabelledRows& rows) {
  return std::make_unique<CudaRowPasses>(design, rows);
}

}  // namespace cartwheel::linear
