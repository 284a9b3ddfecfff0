#pragma once

#include <cartwheel/parameters.hpp>
#include <cstdint>
#include <string_view>

namespace cartwheel::pipeline {

/// Bytes that a fit takes beyond its matrix, at most, as the models' headers state them.
struct FitMemory {
  std::uint64_t model = 0;    ///< What stays.
  std::uint64_t working = 0;  ///< What is needed besides while it is fitted.
};

/// @param rows, columns  of the matrix. A tree is taken to end only where its parameters end it: in a leaf for each row
/// that it draws, unless max_depth or min_samples_leaf say less. Its predictions' rows are not counted, nor weights.
/// @return zeros where the parameters are out of range, because then nothing is fitted.
FitMemory fit_memory(std::string_view model, const Parameters& parameters, std::uint64_t rows, std::uint64_t columns);

}  // namespace cartwheel::pipeline
