#include "exploration/repeats.hpp"

#include <algorithm>
#include <tuple>

#include "exploration/rows_by_code.hpp"
#include "exploration/sum_over_blocks.hpp"
#include "selection/progress_meter.hpp"

namespace cartwheel::exploration {
namespace {

struct Count {
  std::uint64_t value = 0;
  void add(const Count& more) { value += more.value; }
};

/// Looks at events of one time at a time.
class Comparer {
  /// Sessions first: most events of one second have one of their own.
  auto facts(std::uint64_t row) const {
    return std::tie(session_[row], user_[row], product_[row], type_[row], price_[row], category_id_[row],
                    category_code_[row], brand_[row]);
  }

 public:
  explicit Comparer(const EventLog& log)
      : type_(log.type()),
        product_(log.product()),
        category_id_(log.category_id()),
        category_code_(log.category_code()),
        brand_(log.brand()),
        user_(log.user()),
        session_(log.session()),
        price_(log.price()) {}

  /// How many of these rows, which have the same time, equal one before; `rows` is overwritten.
  std::uint64_t repeats(std::vector<std::uint64_t>& rows) const {
    if (rows.size() < 2) return 0;
    std::ranges::sort(rows, [&](std::uint64_t a, std::uint64_t b) { return facts(a) < facts(b); });
    std::uint64_t count = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) count += facts(rows[i]) == facts(rows[i - 1]) ? 1 : 0;
    return count;
  }

 private:
  std::span<const EventType> type_;
  std::span<const Code> product_, category_id_, category_code_, brand_, user_, session_;
  std::span<const std::int64_t> price_;
};

std::uint64_t count_in_order(const EventLog& log, const ProgressCallback& progress) {
  constexpr std::size_t block_rows = std::size_t{1} << 18;
  const std::span<const std::int64_t> time = log.time();
  const Comparer comparer(log);
  selection::ProgressMeter meter(progress, "looking for repeats", (log.size() + block_rows - 1) / block_rows);
  const auto count = [&](Count& sum, std::size_t begin, std::size_t end) {
    std::vector<std::uint64_t> rows;
    // A run of equal times belongs to the block where it begins.
    std::size_t row = begin;
    while (row > 0 && row < end && time[row] == time[row - 1]) ++row;
    while (row < end) {
      rows.clear();
      const std::int64_t now = time[row];
      for (; row < time.size() && time[row] == now; ++row) rows.push_back(row);
      sum.value += comparer.repeats(rows);
    }
    meter.finish_one();
  };
  return sum_over_blocks(log.size(), block_rows, Count{}, count).value;
}

std::uint64_t count_grouped(const EventLog& log, const ProgressCallback& progress) {
  constexpr std::size_t codes_a_block = 4096;
  const bool by_session = log.sessions().size() > 1;
  const std::size_t codes = std::max<std::size_t>(1, by_session ? log.sessions().size() : log.users().size());
  const std::span<const std::int64_t> time = log.time();
  RowsByCode groups(by_session ? log.session() : log.user(), codes);
  const Comparer comparer(log);
  selection::ProgressMeter meter(progress, "looking for repeats", (codes + codes_a_block - 1) / codes_a_block);
  const auto count = [&](Count& sum, std::size_t begin, std::size_t end) {
    std::vector<std::uint64_t> rows;
    for (std::size_t code = begin; code < end; ++code) {
      const std::span<const std::uint64_t> own = groups.sorted(static_cast<Code>(code), time);
      for (std::size_t i = 0; i < own.size();) {
        rows.clear();
        const std::int64_t now = time[own[i]];
        for (; i < own.size() && time[own[i]] == now; ++i) rows.push_back(own[i]);
        sum.value += comparer.repeats(rows);
      }
    }
    meter.finish_one();
  };
  return sum_over_blocks(codes, codes_a_block, Count{}, count).value;
}

}  // namespace

std::uint64_t count_repeats(const EventLog& log, bool in_order, const ProgressCallback& progress) {
  return in_order ? count_in_order(log, progress) : count_grouped(log, progress);
}

}  // namespace cartwheel::exploration
