#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/report.hpp>

#include "core/time.hpp"
#include "report/number_text.hpp"

namespace cartwheel {
namespace {

constexpr std::size_t bar_width = 44;

/// A line of time from `range.begin` to `range.end`, drawn in bar_width characters.
class Bar {
 public:
  explicit Bar(TimeRange range) : range_(range) {}

  void fill(TimeRange part, char symbol) {
    const std::size_t begin = column(part.begin);
    // Something short is still there: at least one character.
    const std::size_t end = std::max(column(part.end), begin + 1);
    for (std::size_t i = begin; i < std::min(end, bar_width); ++i) text_[i] = symbol;
  }
  const std::string& text() const { return text_; }

 private:
  std::size_t column(std::int64_t time) const {
    const double share = static_cast<double>(time - range_.begin) / static_cast<double>(range_.end - range_.begin);
    return static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_width) + 0.5);
  }

  TimeRange range_;
  std::string text_ = std::string(bar_width, ' ');
};

std::string fold_line(std::string_view name, const Fold& fold, TimeRange whole, char symbol,
                      std::string_view held_out) {
  Bar bar(whole);
  if (fold.train.end < fold.validation.begin) bar.fill({fold.train.end, fold.validation.begin}, '.');
  bar.fill(fold.train, '=');
  bar.fill(fold.validation, symbol);
  std::string line = fmt::format("  {:<8}|{}|\n", name, bar.text());
  line += fmt::format("           train {} sessions", report::thousands(fold.train_rows.size()));
  if (fold.purged > 0) line += fmt::format(" ({} purged)", report::thousands(fold.purged));
  if (fold.grouped > 0) line += fmt::format(" ({} kept out by user)", report::thousands(fold.grouped));
  return line + fmt::format(", {} {}\n", held_out, report::thousands(fold.validation_rows.size()));
}

}  // namespace

std::string timeline_text(const Batch& batch) {
  const TimeRange whole{batch.train.begin, batch.test.end};
  const std::string from = core::format_date(whole.begin), to = core::format_date(whole.end);
  std::string text = fmt::format("batch {}   = train   v validation   t test   . gap\n", batch.name);
  text += fmt::format("           {}{:>{}}\n", from, to, bar_width - from.size());
  for (std::size_t i = 0; i < batch.folds.size(); ++i)
    text += fold_line(fmt::format("fold {}", i + 1), batch.folds[i], whole, 'v', "validation");
  text += fold_line("final", batch.final_fold, whole, 't', "test");
  return text;
}

}  // namespace cartwheel
