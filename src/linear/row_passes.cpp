#include "linear/row_passes.hpp"

#include <algorithm>
#include <limits>

#include "core/parallel.hpp"
#include "core/tile_sum.hpp"
#include "linear/logistic_terms.hpp"
#include "linear/row_kernels.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Tiles whose Gram sums one task adds up before it keeps them: fewer matrices to hold.
constexpr std::size_t tiles_in_group = 4;

std::size_t tiles_of(std::size_t rows) { return (rows + tile_rows - 1) / tile_rows; }

/// Adds the rows of a [parts x size] table pairwise into `out`.
void add_parts(std::span<const double> table, std::size_t parts, std::span<double> out) {
  constexpr std::size_t block = 1024;
  core::parallel_for_blocks(out.size(), block, [&](std::size_t begin, std::size_t end) {
    std::vector<double> column(parts);
    for (std::size_t j = begin; j < end; ++j) {
      for (std::size_t part = 0; part < parts; ++part) column[part] = table[part * out.size() + j];
      out[j] = core::add_pairwise(column);
    }
  });
}

class CpuRowPasses final : public RowPasses {
 public:
  CpuRowPasses(const Design& design, const LabelledRows& rows)
      : design_(design),
        rows_(rows),
        margin_(design.rows),
        direction_(design.rows),
        residual_(design.rows),
        curvature_(design.rows) {}

  void start(std::span<const double> beta) override {
    multiply(beta, margin_);
    std::ranges::fill(direction_, 0.0);
  }

  Reach aim(std::span<const double> d) override {
    multiply(d, direction_);
    std::vector<Reach> tiles(tiles_of(design_.rows), {infinity, -infinity});
    core::parallel_for_blocks(design_.rows, tile_rows, [&](std::size_t begin, std::size_t end) {
      Reach& reach = tiles[begin / tile_rows];
      for (std::size_t i = begin; i < end; ++i) {
        const double own_side = rows_.y[i] == 1 ? direction_[i] : -direction_[i];
        reach = {std::min(reach.least, own_side), std::max(reach.most, own_side)};
      }
    });
    Reach all{infinity, -infinity};
    for (const Reach& tile : tiles) all = {std::min(all.least, tile.least), std::max(all.most, tile.most)};
    return all;
  }

  Point evaluate(double t) override {
    const std::size_t tiles = tiles_of(design_.rows);
    std::vector<double> loss(tiles), slope(tiles), error(tiles), margin(tiles, infinity);
    core::parallel_for_blocks(design_.rows, tile_rows, [&](std::size_t begin, std::size_t end) {
      std::array<double, tile_lanes> losses{}, slopes{}, errors{};
      const std::size_t tile = begin / tile_rows;
      for (std::size_t i = begin; i < end; ++i) {
        const double w = rows_.weight(i), sign = rows_.y[i] == 1 ? 1.0 : -1.0;
        const double own_side = sign * (margin_[i] + t * direction_[i]);
        const LogisticTerms terms = logistic_terms(-own_side);
        residual_[i] = -sign * w * terms.error;
        curvature_[i] = w * terms.curvature;
        losses[i % tile_lanes] += w * terms.loss;
        slopes[i % tile_lanes] += residual_[i] * direction_[i];
        errors[i % tile_lanes] += w * terms.error;
        margin[tile] = std::min(margin[tile], own_side);
      }
      loss[tile] = core::add_lanes(losses);
      slope[tile] = core::add_lanes(slopes);
      error[tile] = core::add_lanes(errors);
    });
    return {core::add_pairwise(loss), core::add_pairwise(slope), core::add_pairwise(error), std::ranges::min(margin)};
  }

  void step(double t) override {
    core::parallel_for_blocks(design_.rows, tile_rows, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) margin_[i] += t * direction_[i];
    });
  }

  void gradient(std::span<double> out) override {
    const std::size_t tiles = tiles_of(design_.rows), size = out.size();
    std::vector<double> table(tiles * size);
    core::parallel_for_blocks(design_.rows, tile_rows, [&](std::size_t begin, std::size_t end) {
      double* sums = table.data() + begin / tile_rows * size;
      sum_gradient(design_, residual_.data() + begin, begin, end, sums);
      if (!design_.intercept) return;
      std::array<double, tile_lanes> lane{};
      for (std::size_t i = begin; i < end; ++i) lane[i % tile_lanes] += residual_[i];
      sums[size - 1] = core::add_lanes(lane);
    });
    add_parts(table, tiles, out);
    for (std::size_t j = 0; j < design_.columns.size(); ++j) out[j] /= design_.scale[j];
  }

  void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) override {
    const std::size_t n = coordinates.size(), group_rows = tiles_in_group * tile_rows;
    const std::size_t groups = (design_.rows + group_rows - 1) / group_rows;
    const GramLayout layout(n);
    std::vector<double> table(groups * layout.sums()), sums(layout.sums());
    core::parallel_for(groups, [&](std::size_t group) {
      sum_group(coordinates, group * group_rows, std::span(table).subspan(group * sums.size(), sums.size()));
    });
    add_parts(table, groups, sums);
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = j; k < n; ++k) {
        const double sum = sums[layout.place(j, k)] / (scale(coordinates[j]) * scale(coordinates[k]));
        out[j * n + k] = out[k * n + j] = sum;
      }
  }

 private:
  double scale(std::uint32_t coordinate) const {
    return coordinate < design_.columns.size() ? design_.scale[coordinate] : 1.0;
  }

  /// out = Z beta.
  void multiply(std::span<const double> beta, std::span<double> out) const {
    std::vector<double> b(design_.columns.size());
    for (std::size_t j = 0; j < b.size(); ++j) b[j] = beta[j] / design_.scale[j];
    const double constant = design_.intercept ? beta.back() : 0.0;
    core::parallel_for_blocks(design_.rows, tile_rows, [&](std::size_t begin, std::size_t end) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(begin), out.begin() + static_cast<std::ptrdiff_t>(end),
                constant);
      add_margins(design_, b, begin, end, out.data() + begin);
    });
  }

  /// The Gram sums of the group of tiles that starts at row `first`, its tiles added pairwise.
  void sum_group(std::span<const std::uint32_t> coordinates, std::size_t first, std::span<double> out) const {
    GramKernel kernel(design_, coordinates);
    const std::size_t last = std::min(design_.rows, first + tiles_in_group * tile_rows), tiles = tiles_of(last - first);
    std::vector<double> table(tiles * out.size());
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t begin = first + tile * tile_rows;
      kernel.sum_tile(curvature_.data() + begin, begin, std::min(last, begin + tile_rows),
                      std::span(table).subspan(tile * out.size(), out.size()));
    }
    std::array<double, tiles_in_group> column;
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (std::size_t tile = 0; tile < tiles; ++tile) column[tile] = table[tile * out.size() + i];
      out[i] = core::add_pairwise(std::span(column).first(tiles));
    }
  }

  const Design& design_;
  LabelledRows rows_;
  std::vector<double> margin_, direction_, residual_, curvature_;  ///< [rows]
};

}  // namespace

std::unique_ptr<RowPasses> make_cpu_row_passes(const Design& design, const LabelledRows& rows) {
  return std::make_unique<CpuRowPasses>(design, rows);
}

}  // namespace cartwheel::linear
