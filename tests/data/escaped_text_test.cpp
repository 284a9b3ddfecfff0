#include "data/escaped_text.hpp"

#include <gtest/gtest.h>

#include <string>

using cartwheel::data::escaped;
using namespace std::string_view_literals;

namespace {

TEST(EscapedText, KeepsPrintableTextAndUtf8) {
  EXPECT_EQ(escaped("a,\"b\" c\\d"), "a,\"b\" c\\d");
  EXPECT_EQ(escaped("ʤ 日本 🛒 é"), "ʤ 日本 🛒 é");
  EXPECT_EQ(escaped(""), "");
}

TEST(EscapedText, ShowsControlCharacters) {
  EXPECT_EQ(escaped("a\0b\n\r\t\x1b[2J\x7f"sv), "a\\x00b\\n\\r\\t\\x1b[2J\\x7f");
  EXPECT_EQ(escaped("\xC2\x9B"), "\\xc2\\x9b") << "U+009B steers terminals as ESC [ does";
  EXPECT_EQ(escaped("\xC2\xA0"), "\xC2\xA0");
}

TEST(EscapedText, ShowsMalformedUtf8ByteForByte) {
  EXPECT_EQ(escaped("\xff"), "\\xff");
  EXPECT_EQ(escaped("\x80"
                    "a"),
            "\\x80a");
  EXPECT_EQ(escaped("\xC3"), "\\xc3") << "cut off";
  EXPECT_EQ(escaped("\xE6\x97"), "\\xe6\\x97") << "cut off";
  EXPECT_EQ(escaped("\xC3("), "\\xc3(");
  EXPECT_EQ(escaped("\xC0\xAF"), "\\xc0\\xaf") << "longer than need be";
  EXPECT_EQ(escaped("\xE0\x80\xAF"), "\\xe0\\x80\\xaf") << "longer than need be";
  EXPECT_EQ(escaped("\xF0\x80\x80\xAF"), "\\xf0\\x80\\x80\\xaf") << "longer than need be";
  EXPECT_EQ(escaped("\xED\xA0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(escaped("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
  EXPECT_EQ(escaped("\xF5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

TEST(EscapedText, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(escaped("abcdef", 6), "abcdef");
  EXPECT_EQ(escaped("abcdefg", 6), "abcdef...");
  EXPECT_EQ(escaped("abcdeé", 6), "abcde...");
  EXPECT_EQ(escaped("abcde\n", 6), "abcde...");
}

}  // namespace
