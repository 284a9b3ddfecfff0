#include <fmt/format.h>

#include <cartwheel/report.hpp>

#include "report/number_text.hpp"

namespace cartwheel {

std::string account_text(const Account& account) {
  std::string text;
  for (const Account::Entry& entry : account.entries()) {
    text += fmt::format("{:>13}  {}", report::thousands(entry.count), entry.name);
    text += entry.note.empty() ? "\n" : fmt::format(" ({})\n", entry.note);
  }
  return text;
}

}  // namespace cartwheel
