#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "linear/design.hpp"
#include "linear/row_terms.hpp"

namespace cartwheel::linear {

/// The work of a fit that touches rows, kept where the rows are: margins never leave the device; a solver sees vectors
/// of one number a coordinate, and one Gram matrix. Every sum runs over fixed tiles of rows (core/tile_sum.hpp), so its
/// bits depend on no thread count, instruction set or device. Not thread-safe.
class RowPasses {
 public:
  /// The loss at one point.
  struct Point {
    double loss = 0.0;             ///< sum of w_i log(1 + exp(-s_i m_i))
    double total_error = 0.0;      ///< sum of w_i |p_i - y_i|
    double smallest_margin = 0.0;  ///< min s_i m_i: above 0 if a plane parts the classes, and this is one.
    /// How far the rows have moved to their own side since the kept point: min and max of s_i u_i.
    double least_move = 0.0, largest_move = 0.0;
  };
  /// The loss on the way from the kept point to the one evaluated last, and its derivative along it.
  struct Way {
    double loss = 0.0, slope = 0.0;
  };

  virtual ~RowPasses() = default;

  virtual std::size_t row_count() const = 0;

  /// The loss at `beta` and its gradient, in one pass over the columns. @param beta, gradient  [Design::size()]
  virtual Point evaluate(std::span<const double> beta, std::span<double> gradient) = 0;
  /// The point evaluated last becomes the kept one. At first the kept point is 0.
  virtual void keep() = 0;
  /// A share t of the way to the point evaluated last. Reads no column.
  virtual Way along(double t) = 0;
  /// Hessian of the loss at the kept point, of the given coordinates. @param coordinates  increasing, each <
  /// Design::size().
  /// @param out  [n x n] for n coordinates, overwritten; symmetric.
  virtual void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) = 0;
};

/// `design` and what `rows` refers to must outlive the result. Memory: 16 bytes a row, 8 bytes a coordinate for each
/// 2^12 rows, and while a Gram matrix is made 8 bytes an entry for each 2^14 rows.
std::unique_ptr<RowPasses> make_cpu_row_passes(const Design& design, const LabelledRows& rows);
/// The same on the GPU, which holds the columns too. @throws DeviceError in a build without CUDA, or when there is no
/// usable GPU, or too little memory on it.
std::unique_ptr<RowPasses> make_cuda_row_passes(const Design& design, const LabelledRows& rows);
/// On the current device (core/current_device.hpp).
std::unique_ptr<RowPasses> make_row_passes(const Design& design, const LabelledRows& rows);

}  // namespace cartwheel::linear
