#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Reading and writing of the binary formats. Files are little-endian, as every machine we build for.
namespace cartwheel::core {

static_assert(std::endian::native == std::endian::little, "the binary formats are written as they lie in memory");

/// Appends values to a growing string of bytes.
class ByteWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  /// Length (uint64), then the characters.
  void put_string(std::string_view text);
  /// Length (uint64), then the elements.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put_array(std::span<const T> values) {
    put(static_cast<std::uint64_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote, and trusts none of it: every length is checked against the bytes that are there before
/// anything is allocated. @throws DataError that names `what` (such as a file and section) and the position.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string what) : bytes_(bytes), what_(std::move(what)) {}

  template <class T>
  requires std::is_trivially_copyable_v<T> T get() {
    static_assert(!std::is_same_v<T, bool>, "read a uint8 and check it: other bytes than 0 and 1 are no bool");
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view get_string();
  template <class T>
  requires std::is_trivially_copyable_v<T> std::vector<T> get_array() {
    const auto size = get<std::uint64_t>();
    if (size > remaining() / sizeof(T)) fail("an array is longer than the data");
    std::vector<T> values(size);
    const std::string_view source = take(size * sizeof(T));
    if (size > 0) std::memcpy(values.data(), source.data(), source.size());
    return values;
  }
  std::size_t remaining() const { return bytes_.size() - position_; }
  /// @throws DataError if bytes are left over.
  void expect_end() const;
  /// @throws DataError always: "WHAT is damaged: REASON (at byte N)".
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  std::string_view take(std::size_t size);

  std::string_view bytes_;
  std::string what_;
  std::size_t position_ = 0;
};

}  // namespace cartwheel::core
