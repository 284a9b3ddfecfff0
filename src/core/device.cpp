#include <fmt/format.h>

#include <atomic>
#include <cartwheel/device.hpp>
#include <cartwheel/error.hpp>

#include "core/cuda_device.hpp"
#include "core/current_device.hpp"
#include "core/suggest.hpp"

namespace cartwheel {
namespace {

std::atomic<Device> current = Device::cpu;

/// Sets the current device for as long as it lives.
class DeviceScope {
 public:
  explicit DeviceScope(Device device) : before_(current.exchange(device)) {}
  ~DeviceScope() { current = before_; }
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  Device before_;
};

}  // namespace

Device core::current_device() { return current; }

Device parse_device(std::string_view name) {
  if (name == "cpu") return Device::cpu;
  if (name == "cuda") return Device::cuda;
  constexpr std::string_view known[] = {"cpu", "cuda"};
  throw ParameterError(fmt::format("unknown device '{}'{}", name, core::suggestion(name, known)));
}

void require_device(Device device) {
  if (device == Device::cuda) core::require_cuda_device();
}

void with_device(Device device, const std::function<void()>& work) {
  require_device(device);
  const DeviceScope scope(device);
  work();
}

}  // namespace cartwheel
