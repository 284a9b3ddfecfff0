#include "data/dictionary_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cstring>

#include "core/dispatched.hpp"

namespace cartwheel::data {

DictionaryBuilder::DictionaryBuilder(std::size_t limit) : limit_(limit) {
  ends_.push_back(0);
  text_.reserve(padded_text::padding);
}

[[gnu::always_inline]] inline Code DictionaryBuilder::add(const HashedText& text) {
  const std::size_t count = ends_.size();  // of strings, the new one included and the empty one not
  if (count > limit_)
    throw DataError(
        fmt::format("a column holds more than {} distinct values, the most that a log can number; "
                    "split the log into several",
                    limit_));
  const std::size_t before = text_.size();
  text_.reserve(before + std::max(text.size, padded_text::padding) + padded_text::padding);
  std::memcpy(text_.data() + before, text.text, padded_text::padding);
  if (text.size > padded_text::padding) std::memcpy(text_.data() + before, text.text, text.size);
  text_.resize(before + text.size);
  ends_.push_back(text_.size());
  const auto code = static_cast<Code>(count);
  index_.add(text.hash, code);
  return code;
}

[[gnu::always_inline]] inline Code DictionaryBuilder::find_or_add(const HashedText& text) {
  if (text.size == 0) return missing_code;
  const Code known = index_.find(text.hash, [&](Code code) { return padded_text::equal(text.view(), text_of(code)); });
  return known != missing_code ? known : add(text);
}

Code DictionaryBuilder::code_of(std::string_view text) {
  if (text.empty()) return missing_code;  // it may have no address, which memcpy must not be given
  index_.reserve(ends_.size());
  if (text.size() >= padded_text::padding) return find_or_add(HashedText::of(text.data(), text.size()));
  char copy[padded_text::padding] = {};
  std::memcpy(copy, text.data(), text.size());
  return find_or_add(HashedText::of(copy, text.size()));
}

CARTWHEEL_DISPATCHED void DictionaryBuilder::codes_of(std::span<const HashedText> texts, std::span<Code> codes) {
  constexpr std::size_t at_once = 128;  // what is asked for must not be out of the first-level cache before it is used
  index_.reserve(ends_.size() + texts.size());
  for (std::size_t first = 0; first < texts.size(); first += at_once) {
    const auto some = texts.subspan(first, std::min(at_once, texts.size() - first));
    const auto out = codes.subspan(first, some.size());
    for (const HashedText& text : some) index_.prefetch(text.hash);
    for (std::size_t i = 0; i < some.size(); ++i) {
      const Code candidate = index_.candidate(some[i].hash);
      out[i] = candidate < ends_.size() ? candidate : missing_code;
      __builtin_prefetch(&ends_[out[i]]);
    }
    for (const Code candidate : out) __builtin_prefetch(text_of(candidate).data());
    // Whether a string is new is hard to guess, so no branch asks.
    std::array<std::uint8_t, at_once> unknown;
    std::size_t unknown_count = 0;
    for (std::size_t i = 0; i < some.size(); ++i) {
      unknown[unknown_count] = static_cast<std::uint8_t>(i);
      unknown_count += !padded_text::equal(some[i].view(), text_of(out[i]));
    }
    for (std::size_t u = 0; u < unknown_count; ++u) out[unknown[u]] = find_or_add(some[unknown[u]]);
  }
}

}  // namespace cartwheel::data
