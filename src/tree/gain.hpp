#pragma once

#include <cstdint>
#include <span>

#include "core/double_double.hpp"
#include "core/host_device.hpp"
#include "core/math.hpp"
#include "tree/cell.hpp"
#include "tree/impurity.hpp"

/// Which of two splits of a node gains more. A tie rule means something only where ties are recognised, so the order is
/// that of exact arithmetic: doubles decide where they can, and what is too close for them is decided again by integers
/// (gini) or in double-double (entropy, class or sample weights; there, what agrees to 2^-85 is a tie).
namespace cartwheel::tree {

/// x * log2(x) for counts, from a table as far as it reaches: deep nodes ask for small counts millions of times.
struct EntropyTerms {
  const double* table = nullptr;
  std::uint32_t size = 0;

  CARTWHEEL_HD double operator()(std::uint64_t x) const {
    return x < size ? table[x] : core::x_log2_x(static_cast<double>(x));
  }
};

namespace gain_detail {

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

struct Product192 {
  Wide high;  ///< All but the low 64 bits.
  std::uint64_t low;
};
CARTWHEEL_HD inline Product192 multiply(Wide a, std::uint64_t b) {
  const Wide low = Wide{static_cast<std::uint64_t>(a)} * b;
  return {Wide{static_cast<std::uint64_t>(a >> 64)} * b + (low >> 64), static_cast<std::uint64_t>(low)};
}

template <class T>
CARTWHEEL_HD int three_way(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

/// Compares numbers that are exact but for a relative error far below 2^-85 of `scale`.
CARTWHEEL_HD inline int compare_closely(core::DoubleDouble a, core::DoubleDouble b, double scale) {
  const double difference = (a - b).high;
  const double tie = 0x1p-85 * scale;
  return difference > tie ? 1 : (difference < -tie ? -1 : 0);
}

}  // namespace gain_detail

/// Orders the splits of one node, each named by the counts of its left side; neither side is empty.
/// @tparam C  Counts or WeightedCounts.
template <class C>
class GainOrder {
 public:
  CARTWHEEL_HD GainOrder(const ImpurityRule& rule, C node, EntropyTerms terms)
      : rule_(rule), node_(node), terms_(terms) {
    if (rule.criterion == Criterion::gini) return;
    // No term of the score is larger: the greater factor is in [1, 2), so the weight is at least 1 where it matters.
    const double total = rule.weight(node);
    scale_ = core::x_log2_x(total) + 32.0 * total;
  }

  CARTWHEEL_HD C node() const { return node_; }

  /// A double that grows with the gain, to a relative error (gini) or an error relative to `scale_` (entropy) below
  /// 2^-48.
  CARTWHEEL_HD double score(C left) const {
    const C right = node_ - left;
    if (rule_.criterion == Criterion::gini) {
      const auto d = static_cast<double>(determinant(left));
      return d * d / (rule_.weight(left) * rule_.weight(right));
    }
    if (!rule_.weighted())
      return (terms_(left.negatives()) + terms_(left.positives) - terms_(left.rows)) +
             (terms_(right.negatives()) + terms_(right.positives) - terms_(right.rows));
    return rule_.negative_factor * (terms_(left.negatives()) + terms_(right.negatives())) +
           rule_.positive_factor * (terms_(left.positives) + terms_(right.positives)) -
           (core::x_log2_x(rule_.weight(left)) + core::x_log2_x(rule_.weight(right)));
  }

  /// Whether plain_gini_score gives the same bits as score().
  CARTWHEEL_HD bool is_plain_gini() const {
    return sizeof(C) == sizeof(Counts) && rule_.criterion == Criterion::gini && !rule_.weighted() &&
           node_.rows < (1u << 26);
  }
  /// Every number but the quotient is an integer below 2^53, so this is exact as the integers are; and loops over it
  /// become SIMD. @param left_rows, left_positives  of the left side. @param rows, positives  of the node.
  CARTWHEEL_HD static double plain_gini_score(double left_rows, double left_positives, double rows, double positives) {
    const double d = left_positives * (rows - positives) - positives * (left_rows - left_positives);
    return d * d / (left_rows * (rows - left_rows));
  }

  /// score() of many splits at once, given by the rows and positives of their left sides: the same bits.
  void scores(std::span<const C> left, std::span<double> out) const {
    if constexpr (sizeof(C) == sizeof(Counts))
      if (is_plain_gini()) {
        const double rows = node_.rows, positives = node_.positives;
        for (std::size_t i = 0; i < left.size(); ++i)
          out[i] = plain_gini_score(static_cast<std::int32_t>(left[i].rows),
                                    static_cast<std::int32_t>(left[i].positives), rows, positives);
        return;
      }
    for (std::size_t i = 0; i < left.size(); ++i) out[i] = score(left[i]);
  }

  /// Whether doubles suffice to say that the first of two splits gains less.
  CARTWHEEL_HD bool clearly_less(double score_a, double score_b) const {
    return score_a - score_b < -doubt(score_a, score_b);
  }

  /// Whatever scores less than this gains less than what has the score, however both were rounded.
  CARTWHEEL_HD double least_doubtful(double score) const {
    return rule_.criterion == Criterion::gini ? score * (1.0 - 0x1p-44) : score - 0x1p-42 * scale_;
  }

  /// -1, 0 or 1 as the gain of split a is below, equal to, or above that of b. The scores are score(a) and score(b).
  CARTWHEEL_HD int compare(C a, double score_a, C b, double score_b) const {
    if (clearly_less(score_b, score_a)) return 1;
    if (clearly_less(score_a, score_b)) return -1;
    if (a == b || a == node_ - b) return 0;
    if (rule_.criterion == Criterion::entropy) return compare_entropy(a, b);
    if constexpr (sizeof(C) == sizeof(Counts))
      if (!rule_.weighted()) return compare_gini(a, b);
    return compare_weighted_gini(a, b);
  }

 private:
  CARTWHEEL_HD double doubt(double score_a, double score_b) const {
    return rule_.criterion == Criterion::gini ? 0x1p-46 * (score_a + score_b) : 0x1p-42 * scale_;
  }

  /// The weighted gini gain is  factor * determinant^2 / (weight of left * weight of right), where the factor depends
  /// on the node alone. Less than 2^62 in size for Counts, than 2^104 for WeightedCounts.
  CARTWHEEL_HD static std::int64_t determinant(Counts node, Counts left) {
    return static_cast<std::int64_t>(std::uint64_t{left.positives} * node.negatives()) -
           static_cast<std::int64_t>(std::uint64_t{node.positives} * left.negatives());
  }
  CARTWHEEL_HD static gain_detail::SignedWide determinant(WeightedCounts node, WeightedCounts left) {
    using gain_detail::SignedWide;
    return SignedWide{left.positives} * node.negatives() - SignedWide{node.positives} * left.negatives();
  }
  CARTWHEEL_HD auto determinant(C left) const { return determinant(node_, left); }
  CARTWHEEL_HD std::uint64_t determinant_size(Counts left) const {
    const std::int64_t d = determinant(node_, left);
    return static_cast<std::uint64_t>(d < 0 ? -d : d);
  }
  /// The size of the determinant; exact, as it has at most 104 bits.
  CARTWHEEL_HD core::DoubleDouble exact_determinant(C left) const {
    using core::to_double_double;
    if constexpr (sizeof(C) == sizeof(Counts)) {
      return to_double_double(determinant_size(left));
    } else {
      const gain_detail::SignedWide d = determinant(node_, left);
      const auto size = static_cast<gain_detail::Wide>(d < 0 ? -d : d);
      return 0x1p52 * to_double_double(static_cast<std::uint64_t>(size >> 52)) +
             to_double_double(static_cast<std::uint64_t>(size & ((std::uint64_t{1} << 52) - 1)));
    }
  }

  CARTWHEEL_HD int compare_gini(Counts a, Counts b) const {
    using namespace gain_detail;
    const std::uint64_t da = determinant_size(a), db = determinant_size(b);
    const std::uint64_t rows_a = std::uint64_t{a.rows} * (node_ - a).rows,
                        rows_b = std::uint64_t{b.rows} * (node_ - b).rows;
    const Product192 x = multiply(Wide{da} * da, rows_b), y = multiply(Wide{db} * db, rows_a);
    const int high = three_way(x.high, y.high);
    return high != 0 ? high : three_way(x.low, y.low);
  }

  CARTWHEEL_HD core::DoubleDouble exact_weight(C counts) const {
    return rule_.negative_factor * core::to_double_double(counts.negatives()) +
           rule_.positive_factor * core::to_double_double(counts.positives);
  }

  CARTWHEEL_HD int compare_weighted_gini(C a, C b) const {
    const core::DoubleDouble da = exact_determinant(a), db = exact_determinant(b);
    const core::DoubleDouble x = da * da * exact_weight(b) * exact_weight(node_ - b);
    const core::DoubleDouble y = db * db * exact_weight(a) * exact_weight(node_ - a);
    return gain_detail::compare_closely(x, y, x.high + y.high);
  }

  /// score() in double-double.
  CARTWHEEL_HD core::DoubleDouble exact_entropy_score(C left) const {
    const C right = node_ - left;
    const auto term = [](std::uint64_t x) { return core::x_log2_x(core::to_double_double(x)); };
    return rule_.negative_factor * (term(left.negatives()) + term(right.negatives())) +
           rule_.positive_factor * (term(left.positives) + term(right.positives)) -
           (core::x_log2_x(exact_weight(left)) + core::x_log2_x(exact_weight(right)));
  }

  CARTWHEEL_HD int compare_entropy(C a, C b) const {
    if (determinant(a) == 0 && determinant(b) == 0) return 0;  // both gain nothing; common in small nodes
    return gain_detail::compare_closely(exact_entropy_score(a), exact_entropy_score(b), scale_);
  }

  ImpurityRule rule_;
  C node_;
  EntropyTerms terms_;
  double scale_ = 0.0;  ///< Entropy: no term of a score is larger.
};

}  // namespace cartwheel::tree
