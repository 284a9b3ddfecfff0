#pragma once

#include <cstdint>

#include "core/host_device.hpp"

/// The name of a node's place in its tree. What a node draws at random depends on it, not on the node's number, so that
/// a tree of depth 10 is the top of the unlimited one.
namespace cartwheel::tree {

inline constexpr std::uint64_t root_path = 1;

/// A 64-bit hash of the turns from the root: a tree has at most 2^33 nodes, so equal names are all but impossible, and
/// would do no harm but a repeated draw. The mixer is the finaliser of S. Vigna's SplitMix64.
CARTWHEEL_HD inline std::uint64_t child_path(std::uint64_t parent, bool right) {
  std::uint64_t x = parent + (right ? 2 : 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace cartwheel::tree
