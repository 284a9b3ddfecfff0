#pragma once

/// Marks a function that the CPU and the GPU share, so that both give the same bits; _INLINE: one that is part of its
/// caller, and so compiled for the caller's instruction set.
#ifdef __CUDACC__
#define CARTWHEEL_HD __host__ __device__
#define CARTWHEEL_HD_INLINE __host__ __device__ __forceinline__
#else
#define CARTWHEEL_HD
#define CARTWHEEL_HD_INLINE [[gnu::always_inline]] inline
#endif
