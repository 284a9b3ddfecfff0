#include "core/bytes.hpp"

#include <fmt/format.h>

#include <cartwheel/error.hpp>

namespace cartwheel::core {

void ByteWriter::put_string(std::string_view text) {
  put(static_cast<std::uint64_t>(text.size()));
  bytes_.append(text);
}

std::string_view ByteReader::take(std::size_t size) {
  if (size > remaining()) fail(fmt::format("{} more bytes were expected, {} are left", size, remaining()));
  const std::string_view taken = bytes_.substr(position_, size);
  position_ += size;
  return taken;
}

std::string_view ByteReader::get_string() {
  const auto size = get<std::uint64_t>();
  if (size > remaining()) fail("a text is longer than the data");
  return take(size);
}

void ByteReader::expect_end() const {
  if (remaining() != 0) fail(fmt::format("{} bytes follow where the data should end", remaining()));
}

void ByteReader::fail(std::string_view reason) const {
  throw DataError(fmt::format("{} is damaged: {} (at byte {})", what_, reason, position_));
}

}  // namespace cartwheel::core
