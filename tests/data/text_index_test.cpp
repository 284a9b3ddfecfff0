#include "data/text_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "data/block_dictionary.hpp"
#include "data/dictionary_builder.hpp"

namespace cartwheel::data {
namespace {

/// Texts of all the lengths that are treated differently, each several times, in no order; each padded.
std::vector<std::string> padded_texts(std::size_t count, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = random() % 4 == 0 ? random() % 70 : random() % 20;
    std::string text(size, static_cast<char>(random() % 3));  // zeros, too, which must not be taken for padding
    if (size > 0) text[random() % size] = static_cast<char>('a' + random() % 4);
    texts.push_back(text + std::string(padded_text::padding, static_cast<char>(random() % 256)));
  }
  return texts;
}

std::vector<HashedText> hashed(const std::vector<std::string>& padded) {
  std::vector<HashedText> texts;
  for (const std::string& text : padded)
    texts.push_back(HashedText::of(text.data(), text.size() - padded_text::padding));
  return texts;
}

/// Codes in order of first appearance.
std::vector<Code> plain_codes(const std::vector<HashedText>& texts) {
  std::map<std::string, Code> known{{"", missing_code}};
  std::vector<Code> codes;
  for (const HashedText& text : texts)
    codes.push_back(known.emplace(text.view(), static_cast<Code>(known.size())).first->second);
  return codes;
}

class TextIndexLaws : public ::testing::TestWithParam<unsigned> {};

TEST_P(TextIndexLaws, FindsEveryCodeThroughGrowthWhateverTheHashes) {
  // Few different hashes, so that buckets run over into the next ones, at the end of the table into the first.
  std::minstd_rand random(GetParam());
  TextIndex index;
  std::vector<std::uint32_t> hash_of{0};
  for (Code code = 1; code < 3000; ++code) {
    const std::uint32_t few = GetParam() % 2 == 0 ? 0xffffffffu : 0x00000000u;
    hash_of.push_back(random() % 4 == 0 ? few - random() % 2 : static_cast<std::uint32_t>(random()) * 2654435761u);
    index.reserve(hash_of.size());
    index.add(hash_of.back(), code);
    if (code % 97 != 0) continue;
    for (Code known = 1; known <= code; ++known)
      ASSERT_EQ(index.find(hash_of[known], [&](Code found) { return found == known; }), known);
  }
  EXPECT_EQ(index.find(12345u, [](Code) { return true; }), missing_code);
  index.clear();
  EXPECT_EQ(index.find(hash_of[7], [](Code) { return true; }), missing_code);
}

TEST_P(TextIndexLaws, ADictionaryNumbersTextsInOrderOfFirstAppearance) {
  const std::vector<std::string> padded = padded_texts(5000, GetParam());
  const std::vector<HashedText> texts = hashed(padded);
  const std::vector<Code> expected = plain_codes(texts);
  DictionaryBuilder at_once, in_pieces, one_by_one;
  std::vector<Code> codes(texts.size());
  at_once.codes_of(texts, codes);
  EXPECT_EQ(codes, expected);
  std::minstd_rand random(GetParam());
  for (std::size_t begin = 0; begin < texts.size();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 300, texts.size() - begin);
    in_pieces.codes_of(std::span(texts).subspan(begin, count), std::span(codes).subspan(begin, count));
    begin += count;
  }
  EXPECT_EQ(codes, expected);
  for (std::size_t i = 0; i < texts.size(); ++i) codes[i] = one_by_one.code_of(texts[i].view());
  EXPECT_EQ(codes, expected);
  for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(at_once.view()[codes[i]], texts[i].view());
}

TEST_P(TextIndexLaws, ABlockKeepsEveryText) {
  const std::vector<std::string> padded = padded_texts(5000, GetParam());
  const std::vector<HashedText> texts = hashed(padded);
  BlockDictionary block;
  for (int round = 0; round < 2; ++round) {
    block.clear();
    std::vector<Code> codes(texts.size());
    std::minstd_rand random(GetParam());
    for (std::size_t begin = 0; begin < texts.size();) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 300, texts.size() - begin);
      std::ranges::copy(std::span(texts).subspan(begin, count), block.room_for(count).begin());
      block.codes_of_next(std::span(codes).subspan(begin, count));
      begin += count;
    }
    for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(block.entries()[codes[i]].view(), texts[i].view());
    EXPECT_LT(block.entries().size(), texts.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TextIndexLaws, ::testing::Range(1u, 7u));

TEST(PaddedText, IsEqualWhateverLiesBehind) {
  for (std::size_t size = 0; size <= 70; ++size) {
    const std::string text(size, 'x'), a = text + std::string(padded_text::padding, 'a'),
                                       b = text + std::string(padded_text::padding, 'b');
    EXPECT_EQ(padded_text::hash(a.data(), size), padded_text::hash(b.data(), size));
    EXPECT_TRUE(padded_text::equal({a.data(), size}, {b.data(), size}));
    EXPECT_FALSE(padded_text::equal({a.data(), size}, {b.data(), size + 1}));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = a;
      other[i] = 'y';
      EXPECT_FALSE(padded_text::equal({a.data(), size}, {other.data(), size}));
      EXPECT_NE(padded_text::hash(a.data(), size), padded_text::hash(other.data(), size));
    }
  }
}

}  // namespace
}  // namespace cartwheel::data
