#pragma once

/// Marks a function that the CPU and the GPU share, so that both give the same bits.
#ifdef __CUDACC__
#define CARTWHEEL_HD __host__ __device__
#else
#define CARTWHEEL_HD
#endif
