#include <fmt/format.h>

#include <cartwheel/device.hpp>
#include <cartwheel/error.hpp>

#include "core/suggest.hpp"

namespace cartwheel {

Device parse_device(std::string_view name) {
  if (name == "cpu") return Device::cpu;
  if (name == "cuda") return Device::cuda;
  constexpr std::string_view known[] = {"cpu", "cuda"};
  throw ParameterError(fmt::format("unknown device '{}'{}", name, core::suggestion(name, known)));
}

void require_device(Device device) {
  if (device == Device::cuda)
    throw DeviceError(
        "device 'cuda' is not in this version of Cartwheel: every step runs on the CPU; use --device cpu");
}

}  // namespace cartwheel
