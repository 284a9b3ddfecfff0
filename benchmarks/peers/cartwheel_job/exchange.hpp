#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

/// Arrays pass between Cartwheel and its peers as files of bare numbers, in the order of the machine.
namespace cartwheel_job {

/// A [rows x columns] row-major file of float32 as float columns "0", "1", ...
cartwheel::FeatureMatrix read_matrix(const std::filesystem::path& path, std::size_t columns);
/// The inverse.
void write_matrix(const std::filesystem::path& path, const cartwheel::FeatureMatrix& x);
/// Labels, one byte each.
std::vector<std::uint8_t> read_labels(const std::filesystem::path& path);

template <class T, class Allocator>
void write_array(const std::filesystem::path& path, const std::vector<T, Allocator>& values) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

}  // namespace cartwheel_job
