#include "linear/row_passes.hpp"

#include <algorithm>
#include <vector>

#include "core/current_device.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.hpp"
#include "linear/gram_kernel.hpp"
#include "linear/lanes.hpp"
#include "linear/row_kernels.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;

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

/// Adds up one number of every tile, pairwise.
template <class Number>
double total(const std::vector<RowSums>& tiles, const Number& number) {
  std::vector<double> sums;
  sums.reserve(tiles.size());
  for (const RowSums& tile : tiles) sums.push_back(core::add_lanes(number(tile)));
  return core::add_pairwise(sums);
}

class CpuRowPasses final : public RowPasses {
 public:
  CpuRowPasses(const Design& design, const LabelledRows& rows)
      : design_(design), rows_(rows), kept_(design.rows), last_(design.rows) {}

  std::size_t row_count() const override { return design_.rows; }

  Point evaluate(std::span<const double> beta, std::span<double> gradient) override {
    const std::size_t columns = design_.columns(), in_lanes = design_.first_mostly_one(),
                      tiles = tiles_of(design_.rows);
    const std::vector<double> b = unscaled(design_, beta);
    const double constant = (design_.intercept ? beta.back() : 0.0) + usual_margin(design_, b);
    std::vector<RowSums> sums(tiles);
    std::vector<double> table(tiles * columns), slopes(columns);
    core::parallel_for(tiles, [&](std::size_t tile) {
      const std::size_t first = tile * tile_rows, end = std::min(design_.rows, first + tile_rows);
      std::array<double, tile_rows> residual;
      std::vector<double> lanes(in_lanes * tile_lanes);
      std::fill_n(last_.data() + first, end - first, constant);
      add_unusual_margins(design_, b, tile, last_.data() + first);
      for (std::size_t begin = first; begin < end; begin += block_rows) {
        const std::size_t last = std::min(end, begin + block_rows);
        double *margin = last_.data() + begin, *r = residual.data() + (begin - first);
        add_margins(design_, b, begin, last, margin);
        add_rows(rows_, begin, last, kept_.data() + begin, margin, 1.0, sums[tile], r);
        add_gradient(design_, r, begin, last, lanes.data());
      }
      for (std::size_t j = 0; j < in_lanes; ++j) table[tile * columns + j] = add_lanes_at(&lanes[j * tile_lanes]);
      sum_unusual_gradient(design_, residual.data(), tile, table.data() + tile * columns + in_lanes);
    });
    add_parts(table, tiles, slopes);
    const double residuals = total(sums, [](const RowSums& tile) { return tile.residual; });
    finish_gradient(design_, slopes, residuals, gradient);
    Point point{total(sums, [](const RowSums& tile) { return tile.loss; }),
                total(sums, [](const RowSums& tile) { return tile.error; }), RowSums::infinity, RowSums::infinity,
                -RowSums::infinity};
    for (const RowSums& tile : sums) {
      point.smallest_margin = std::min(point.smallest_margin, std::ranges::min(tile.smallest_margin));
      point.least_move = std::min(point.least_move, std::ranges::min(tile.least_move));
      point.largest_move = std::max(point.largest_move, std::ranges::max(tile.largest_move));
    }
    return point;
  }

  void keep() override { std::swap(kept_, last_); }

  Way along(double t) override {
    std::vector<RowSums> sums(tiles_of(design_.rows));
    core::parallel_for_blocks(design_.rows, tile_rows, [&](std::size_t begin, std::size_t end) {
      add_rows(rows_, begin, end, kept_.data() + begin, last_.data() + begin, t, sums[begin / tile_rows], nullptr);
    });
    return {total(sums, [](const RowSums& tile) { return tile.loss; }),
            total(sums, [](const RowSums& tile) { return tile.slope; })};
  }

  void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) override {
    const std::size_t group_rows = tiles_in_group * tile_rows;
    const std::size_t groups = (design_.rows + group_rows - 1) / group_rows;
    const GramLayout layout(design_, coordinates);
    std::vector<double> table(groups * layout.sums()), sums(layout.sums());
    core::parallel_for(groups, [&](std::size_t group) {
      sum_group(layout, group * tiles_in_group, std::span(table).subspan(group * sums.size(), sums.size()));
    });
    add_parts(table, groups, sums);
    fill_gram(design_, layout, coordinates, sums, out);
  }

 private:
  /// The Gram sums of a group of tiles, added pairwise.
  void sum_group(const GramLayout& layout, std::size_t first_tile, std::span<double> out) const {
    GramKernel kernel(design_, layout);
    const std::size_t tiles = std::min(tiles_of(design_.rows) - first_tile, tiles_in_group);
    std::vector<double> table(tiles * out.size()), curvature(tile_rows);
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t begin = (first_tile + tile) * tile_rows, end = std::min(design_.rows, begin + tile_rows);
      curvatures(rows_, begin, end, kept_.data() + begin, curvature.data());
      kernel.sum_tile(curvature.data(), first_tile + tile, std::span(table).subspan(tile * out.size(), out.size()));
    }
    std::array<double, tiles_in_group> column;
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (std::size_t tile = 0; tile < tiles; ++tile) column[tile] = table[tile * out.size() + i];
      out[i] = core::add_pairwise(std::span(column).first(tiles));
    }
  }

  const Design& design_;
  LabelledRows rows_;
  std::vector<double> kept_, last_;  ///< [rows]: margins.
};

}  // namespace

std::unique_ptr<RowPasses> make_cpu_row_passes(const Design& design, const LabelledRows& rows) {
  return std::make_unique<CpuRowPasses>(design, rows);
}

std::unique_ptr<RowPasses> make_row_passes(const Design& design, const LabelledRows& rows) {
  return core::current_device() == Device::cuda ? make_cuda_row_passes(design, rows)
                                                : make_cpu_row_passes(design, rows);
}

}  // namespace cartwheel::linear
