#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "linear/design.hpp"

namespace cartwheel::linear {

/// The work of a fit that touches rows, kept where the rows are: margins, residuals and curvatures never leave the
/// device; a solver sees vectors of one number a coordinate, and one Gram matrix. Every sum runs over fixed tiles of
/// rows (core/tile_sum.hpp), so its bits depend on no thread count, instruction set or device. Not thread-safe.
class RowPasses {
 public:
  /// The loss at one point.
  struct Point {
    double loss = 0.0;             ///< sum of w_i log(1 + exp(-s_i m_i))
    double slope = 0.0;            ///< Its derivative along the direction.
    double total_error = 0.0;      ///< sum of w_i |p_i - y_i|
    double smallest_margin = 0.0;  ///< min s_i m_i: above 0 if a plane parts the classes, and this is one.
  };
  /// How far a unit step along the direction moves the rows to their own side: min and max of s_i u_i.
  struct Reach {
    double least = 0.0, most = 0.0;
  };

  virtual ~RowPasses() = default;

  /// Margins m = Z beta (+ intercept), direction 0. @param beta  [Design::size()]
  virtual void start(std::span<const double> beta) = 0;
  /// Direction u = Z d. @param d  [Design::size()]
  virtual Reach aim(std::span<const double> d) = 0;
  /// The loss at m + t u; keeps that point's residuals and curvatures for gradient() and gram().
  virtual Point evaluate(double t) = 0;
  /// m becomes m + t u.
  virtual void step(double t) = 0;
  /// Gradient of the loss at the point of the last evaluate(). @param out  [Design::size()], overwritten.
  virtual void gradient(std::span<double> out) = 0;
  /// Hessian of the loss at that point, of the given coordinates. @param coordinates  increasing, each <
  /// Design::size().
  /// @param out  [n x n] for n coordinates, overwritten; symmetric.
  virtual void gram(std::span<const std::uint32_t> coordinates, std::span<double> out) = 0;
};

/// The rows of a fit: what is known of them besides their columns.
struct LabelledRows {
  std::span<const std::uint8_t> y;        ///< A label a row, each 0 or 1.
  std::array<double, 2> class_weight;     ///< Of a row of class 0 and of class 1.
  std::span<const double> sample_weight;  ///< Empty (all 1), or a factor a row, > 0.

  double weight(std::size_t i) const {
    return sample_weight.empty() ? class_weight[y[i]] : class_weight[y[i]] * sample_weight[i];
  }
};

/// `design` and what `rows` refers to must outlive the result. Memory: 32 bytes a row, and 8 bytes an entry of the Gram
/// matrix for each 2^14 rows.
std::unique_ptr<RowPasses> make_cpu_row_passes(const Design& design, const LabelledRows& rows);

}  // namespace cartwheel::linear
