#include <algorithm>
#include <array>
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

/// Columns, labels and margins stay on the device; a call sends one vector of coefficients and takes back one of sums.
class CudaRowPasses final : public RowPasses {
 public:
  CudaRowPasses(const Design& design, const LabelledRows& rows)
      : design_(design),
        on_device_(design),
        y_(rows.y, "labels"),
        weight_(rows.sample_weight, "sample weights"),
        coefficients_(design.columns(), "coefficients"),
        kept_(design.rows, "margins"),
        last_(design.rows, "margins"),
        residual_(design.rows, "residuals"),
        table_((design.columns() + row_sums) * tiles(), "sums of tiles"),
        sums_(design.columns() + row_sums, "sums"),
        extremes_(row_extremes * tiles(), "extremes of tiles") {
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
    compute_margins(on_device_.view(), coefficients_.data(), constant, last_.data());
    sum_rows(rows_, design_.rows, kept_.data(), last_.data(), 1.0, residual_.data(), table_.data() + columns * tiles(),
             extremes_.data());
    sum_gradient(on_device_.view(), residual_.data(), table_.data());
    core::add_pairwise_on_device(table_.data(), columns + row_sums, tiles(), sums_.data());
    const std::vector<double> sums = sums_.to_host(), extremes = extremes_.to_host();
    finish_gradient(design_, std::span(sums).first(columns), sums[columns + residual], gradient);
    const auto extreme = [&](std::size_t number) { return std::span(extremes).subspan(number * tiles(), tiles()); };
    return {sums[columns + loss], sums[columns + error], std::ranges::min(extreme(0)), std::ranges::min(extreme(1)),
            std::ranges::max(extreme(2))};
  }

  void keep() override { std::swap(kept_, last_); }

  Way along(double t) override {
    double* const table = table_.data() + design_.columns() * tiles();
    sum_rows(rows_, design_.rows, kept_.data(), last_.data(), t, nullptr, table, extremes_.data());
    core::add_pairwise_on_device(table, row_sums, tiles(), sums_.data());
    std::array<double, row_sums> sums;
    sums_.get(sums);
    return {sums[loss], sums[slope]};
  }

  void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) override {
    const GramLayout layout(design_, coordinates);
    const DeviceBuffer<double> curvature(design_.rows, "curvatures");
    compute_curvatures(rows_, design_.rows, kept_.data(), curvature.data());
    fill_gram(design_, layout, coordinates, gram_sums_on_device(on_device_.view(), layout, curvature.data()), out);
  }

 private:
  enum RowSum : std::size_t { loss, error, residual, slope };

  std::size_t tiles() const { return on_device_.view().tiles; }

  const Design& design_;
  DesignOnDevice on_device_;
  DeviceBuffer<std::uint8_t> y_;
  DeviceBuffer<double> weight_, coefficients_, kept_, last_, residual_;
  DeviceBuffer<double> table_;  ///< [columns, then row_sums][tiles]
  DeviceBuffer<double> sums_, extremes_;
  RowsView rows_;
};

}  // namespace

std::unique_ptr<RowPasses> make_cuda_row_passes(const Design& design, const LabelledRows& rows) {
  return std::make_unique<CudaRowPasses>(design, rows);
}

}  // namespace cartwheel::linear
