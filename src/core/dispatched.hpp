#pragma once

#include <cstddef>  // defines __GLIBC__

/// Compiles a function for the baseline, for AVX2 and for AVX-512, and chooses when the program starts. None of them
/// fuses multiplications with additions (-ffp-contract=off), so all give the same bits, provided that the function
/// spells out its order of additions (core/tile_sum.hpp). What it calls must be inlined into it, or is baseline code.
/// Sanitizers start after the choice would have to be made.
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CARTWHEEL_DISPATCHED [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
/// Where the sets want different code: a definition for each of them. The first two only if CARTWHEEL_HAS_DISPATCH.
#define CARTWHEEL_HAS_DISPATCH 1
#define CARTWHEEL_FOR_AVX512 [[gnu::target("arch=x86-64-v4")]]
#define CARTWHEEL_FOR_AVX2 [[gnu::target("arch=x86-64-v3")]]
#define CARTWHEEL_FOR_BASELINE [[gnu::target("default")]]
#else
#define CARTWHEEL_DISPATCHED
#define CARTWHEEL_HAS_DISPATCH 0
#define CARTWHEEL_FOR_BASELINE
#endif
