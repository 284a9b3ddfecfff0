#include <gmock/gmock.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "core/launch.cuh"
#include "cuda/on_device.cuh"

namespace cartwheel::core {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

__global__ void double_each(std::uint32_t* values, std::size_t size) {
  for (std::size_t i = thread_number(); i < size; i += thread_count_of_grid()) values[i] *= 2;
}

TEST(DeviceBuffer, ComesBackAsItWasSet) {
  CARTWHEEL_NEEDS_DEVICE();
  for (const std::size_t size : {0u, 1u, 1023u, 1024u, 1025u}) {
    std::vector<std::uint32_t> values(size);
    std::iota(values.begin(), values.end(), 1u);
    DeviceBuffer<std::uint32_t> buffer(std::span<const std::uint32_t>(values), "numbers");
    EXPECT_EQ(buffer.to_host(), values);
    launch("doubling", double_each, blocks_for(size, 128), 128, 0, buffer.data(), size);
    for (std::uint32_t& value : values) value *= 2;
    EXPECT_EQ(buffer.to_host(), values);
    DeviceBuffer<std::uint32_t> other = std::move(buffer);
    EXPECT_EQ(other.to_host(), values);
    other.fill_with_zeros();
    EXPECT_EQ(other.to_host(), std::vector<std::uint32_t>(size));
  }
}

TEST(DeviceContext, CountsLaunchesAndCopies) {
  CARTWHEEL_NEEDS_DEVICE();
  DeviceWork& work = DeviceContext::get().work();
  const auto launches = work.launches.load(), in = work.copies_to_device.load(), out = work.copies_to_host.load(),
             bytes = work.bytes_to_device.load();
  const std::vector<std::uint32_t> values(100, 3);
  DeviceBuffer<std::uint32_t> buffer(std::span<const std::uint32_t>(values), "numbers");
  launch("doubling", double_each, 1, 32, 0, buffer.data(), buffer.size());
  launch("doubling nothing", double_each, 0, 32, 0, buffer.data(), std::size_t{0});
  buffer.to_host();
  EXPECT_EQ(work.launches - launches, 1u);
  EXPECT_EQ(work.copies_to_device - in, 1u);
  EXPECT_EQ(work.copies_to_host - out, 1u);
  EXPECT_EQ(work.bytes_to_device - bytes, 400u);
}

TEST(DeviceContext, TooLittleMemoryIsAnErrorThatSaysHowMuchWasAsked) {
  CARTWHEEL_NEEDS_DEVICE();
  EXPECT_THAT([] { DeviceBuffer<double>(std::size_t{1} << 46, "a test"); },
              ThrowsMessage<DeviceError>(AllOf(HasSubstr("a test"), HasSubstr("GiB are asked for"), HasSubstr("free"),
                                               HasSubstr("--device cpu"))));
  EXPECT_EQ(DeviceBuffer<double>(10, "what comes after").size(), 10u);
}

TEST(DeviceContext, AFailedCallIsAnErrorThatSaysWhatWasDone) {
  EXPECT_THAT([] { check_cuda(cudaErrorInvalidValue, "sorting events"); },
              ThrowsMessage<DeviceError>(
                  AllOf(HasSubstr("sorting events"), HasSubstr("cudaErrorInvalidValue"), HasSubstr("--device cpu"))));
}

TEST(Launch, MoreBlocksThanAGridHoldsIsAnError) {
  EXPECT_EQ(blocks_for(0, 128), 0u);
  EXPECT_EQ(blocks_for(129, 128), 2u);
  EXPECT_THROW(blocks_for(std::size_t{1} << 40, 128), DeviceError);
}

}  // namespace
}  // namespace cartwheel::core
