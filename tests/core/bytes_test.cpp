#include "core/bytes.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cartwheel/error.hpp>
#include <limits>

namespace cartwheel::core {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Bytes, ReadsBackWhatWasWritten) {
  ByteWriter out;
  const std::array<double, 3> numbers{0.1, -0.0, std::numeric_limits<double>::infinity()};
  out.put<std::uint8_t>(7);
  out.put<std::int64_t>(-5);
  out.put(0.3f);
  out.put_string(std::string_view("a\0b", 3));
  out.put_string("");
  out.put_array(std::span<const double>(numbers));
  out.put_array(std::span<const std::uint16_t>());

  ByteReader in(out.bytes(), "test");
  EXPECT_EQ(in.get<std::uint8_t>(), 7);
  EXPECT_EQ(in.get<std::int64_t>(), -5);
  EXPECT_EQ(in.get<float>(), 0.3f);
  EXPECT_EQ(in.get_string(), std::string_view("a\0b", 3));
  EXPECT_EQ(in.get_string(), "");
  EXPECT_THAT(in.get_array<double>(), ElementsAre(0.1, -0.0, std::numeric_limits<double>::infinity()));
  EXPECT_TRUE(in.get_array<std::uint16_t>().empty());
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_NO_THROW(in.expect_end());
}

TEST(Bytes, AreLittleEndian) {
  ByteWriter out;
  out.put<std::uint32_t>(0x04030201u);
  out.put_string("x");
  EXPECT_EQ(out.bytes(), std::string("\1\2\3\4\1\0\0\0\0\0\0\0x", 13));
}

TEST(Bytes, EveryTruncationIsADataErrorThatSaysWhere) {
  ByteWriter out;
  const std::array<std::uint32_t, 2> numbers{1, 2};
  out.put<std::uint16_t>(1);
  out.put_string("four");
  out.put_array(std::span<const std::uint32_t>(numbers));
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    ByteReader in(std::string_view(out.bytes()).substr(0, size), "model.cwm");
    const auto read = [&] {
      in.get<std::uint16_t>();
      in.get_string();
      in.get_array<std::uint32_t>();
    };
    EXPECT_THAT(read, ThrowsMessage<DataError>(AllOf(HasSubstr("model.cwm is damaged: "), HasSubstr("(at byte "))));
  }
}

TEST(Bytes, HostileLengthsAreRefusedBeforeAnythingIsAllocated) {
  for (const std::uint64_t length : {std::uint64_t{9}, std::uint64_t{1} << 32, std::uint64_t{1} << 61,
                                     (std::uint64_t{1} << 61) + 1, ~std::uint64_t{0}}) {
    ByteWriter out;
    out.put(length);
    out.put<std::uint64_t>(0);
    EXPECT_THROW(ByteReader(out.bytes(), "x").get_string(), DataError) << length;
    EXPECT_THROW(ByteReader(out.bytes(), "x").get_array<std::uint64_t>(), DataError) << length;
    EXPECT_THROW(ByteReader(out.bytes(), "x").get_array<std::uint8_t>(), DataError) << length;
  }
}

TEST(Bytes, WhatIsLeftOverIsAnError) {
  ByteReader in("abc", "state");
  in.get<std::uint8_t>();
  EXPECT_THAT([&] { in.expect_end(); },
              ThrowsMessage<DataError>("state is damaged: 2 bytes follow where the data should end (at byte 1)"));
}

}  // namespace
}  // namespace cartwheel::core
