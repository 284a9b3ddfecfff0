#pragma once

#include <cstdint>
#include <span>

#include "core/philox.hpp"

/// Exact draws of counts: what resampling n rows one by one would count, at the cost of sqrt(n) steps.
namespace cartwheel::evaluation {

/// How many of `n` trials succeed, each with probability `p`. @param n  at most 2^32. @param p  [0, 1].
std::uint64_t draw_binomial(core::RandomStream& random, std::uint64_t n, double p);

/// Puts n rows into cells in proportion to `weight`, n being the sum of the weights: a bootstrap sample of the rows
/// that the cells hold. @param weight  sums to at most 2^32. @param out  [weight.size()], overwritten.
void draw_multinomial(core::RandomStream& random, std::span<const std::uint64_t> weight, std::span<std::uint64_t> out);

}  // namespace cartwheel::evaluation
