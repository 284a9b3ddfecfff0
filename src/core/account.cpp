#include <algorithm>
#include <cartwheel/account.hpp>

namespace cartwheel {

void Account::add(std::string_view name, std::int64_t count, std::string_view note) {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  if (found == entries_.end()) {
    entries_.push_back({std::string(name), count, std::string(note)});
  } else {
    found->count += count;
    if (found->note.empty()) found->note = note;
  }
}

void Account::add_all(const Account& other) {
  for (const Entry& entry : other.entries_) add(entry.name, entry.count, entry.note);
}

std::int64_t Account::count(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  return found == entries_.end() ? 0 : found->count;
}

}  // namespace cartwheel
