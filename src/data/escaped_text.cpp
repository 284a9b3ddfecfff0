#include "data/escaped_text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace cartwheel::data {
namespace {

/// Length of the UTF-8 character at the front of `bytes`, which is not empty; 0 if it is malformed: a stray
/// continuation, cut off, longer than need be, a surrogate, or beyond U+10FFFF.
std::size_t character_length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || bytes.size() < length) return 0;
  std::uint32_t character = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
    character = character << 6 | (byte(i) & 0x3Fu);
  }
  if (length == 3 && (character < 0x800 || (character >= 0xD800 && character <= 0xDFFF))) return 0;
  if (length == 4 && (character < 0x10000 || character > 0x10FFFF)) return 0;
  return length;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;  // U+0080 to U+009F steer terminals, too
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return text;
}

}  // namespace

std::string escaped(std::string_view bytes, std::size_t limit) {
  std::string shown;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    const std::string_view character = bytes.substr(0, length == 0 ? 1 : length);
    bytes.remove_prefix(character.size());
    std::string piece(character);
    if (character == "\n")
      piece = "\\n";
    else if (character == "\r")
      piece = "\\r";
    else if (character == "\t")
      piece = "\\t";
    else if (length == 0 || is_control(character))
      piece = hexadecimal(character);
    if (shown.size() + piece.size() > limit) return shown + "...";
    shown += piece;
  }
  return shown;
}

}  // namespace cartwheel::data
