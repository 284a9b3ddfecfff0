#pragma once

#include <cartwheel/device.hpp>
#include <cartwheel/model.hpp>
#include <functional>
#include <string>

#include "core/bytes.hpp"

namespace cartwheel::test {

/// work() on the GPU.
template <class Work>
auto on_gpu(const Work& work) {
  decltype(work()) result{};
  with_device(Device::cuda, [&] { result = work(); });
  return result;
}

/// What is written of a model.
inline std::string bytes_of(const Model& model) {
  core::ByteWriter out;
  model.write(out);
  return out.bytes();
}

}  // namespace cartwheel::test
