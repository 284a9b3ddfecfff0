#include "data/dictionary_builder.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cartwheel/error.hpp>
#include <utility>

namespace cartwheel::data {
namespace {
constexpr std::size_t first_slots = 64;  // a power of two, as every size after it
}  // namespace

DictionaryBuilder::DictionaryBuilder(std::size_t limit) : limit_(limit), slots_(first_slots) {}

Code DictionaryBuilder::code_of(std::string_view text) {
  if (text.empty()) return missing_code;
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size()));
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot].code != missing_code; slot = (slot + 1) & mask)
    if (slots_[slot].hash == hash && view()[slots_[slot].code] == text) return slots_[slot].code;
  return add(text, hash, slot);
}

Code DictionaryBuilder::add(std::string_view text, std::uint32_t hash, std::size_t slot) {
  const std::size_t count = ends_.size();  // of strings, the new one included and the empty one not
  if (count > limit_)
    throw DataError(
        fmt::format("a column holds more than {} distinct values, the most that a log can number; "
                    "split the log into several",
                    limit_));
  text_.append(text);
  ends_.push_back(text_.size());
  const auto code = static_cast<Code>(count);
  slots_[slot] = {hash, code};
  if (count > slots_.size() / 4 * 3) grow();
  return code;
}

void DictionaryBuilder::grow() {
  const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& old : before) {
    if (old.code == missing_code) continue;
    std::size_t slot = old.hash & mask;
    while (slots_[slot].code != missing_code) slot = (slot + 1) & mask;
    slots_[slot] = old;
  }
}

}  // namespace cartwheel::data
