#include "features/prior_book.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/parallel.hpp"

namespace cartwheel::features {
namespace {

PriorCounts read_counts(core::ByteReader& in) {
  const auto counts = in.get<PriorCounts>();
  if (!(counts.views >= 0.0 && counts.targets >= 0.0 && counts.views < 1e300 && counts.targets < 1e300))
    in.fail("a prior's count is no number >= 0");
  return counts;
}

}  // namespace

void FrozenPriors::write(core::ByteWriter& out) const {
  out.put(all);
  out.put(static_cast<std::uint64_t>(spaces.size()));
  for (const Space& space : spaces) {
    out.put(space.m);
    out.put(static_cast<std::uint64_t>(space.keys.size()));
    for (std::size_t i = 0; i < space.keys.size(); ++i) {
      out.put_string(space.keys[i]);
      out.put(space.counts[i]);
    }
  }
}

FrozenPriors FrozenPriors::read(core::ByteReader& in, std::size_t spaces) {
  FrozenPriors frozen;
  frozen.all = read_counts(in);
  if (in.get<std::uint64_t>() != spaces) in.fail("its priors are not those of its parameters");
  for (std::size_t s = 0; s < spaces; ++s) {
    Space& space = frozen.spaces.emplace_back();
    space.m = in.get<double>();
    if (!(space.m >= 0.0 && space.m < 1e300)) in.fail("a prior's smoothing is no number >= 0");
    const auto size = in.get<std::uint64_t>();
    if (size > in.remaining() / (sizeof(std::uint64_t) + sizeof(PriorCounts))) in.fail("a prior has too many keys");
    space.keys.reserve(size);
    space.counts.reserve(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      space.keys.emplace_back(in.get_string());
      if (i > 0 && space.keys[i - 1] >= space.keys[i]) in.fail("a prior's keys are not sorted");
      space.counts.push_back(read_counts(in));
    }
  }
  return frozen;
}

PriorBook::PriorBook(const PriorKeys& keys, double decay_rate) : keys_(keys), decay_rate_(decay_rate) {
  for (std::size_t space = 0; space < keys.spaces().size(); ++space) cells_.emplace_back(keys.count(space));
}

PriorBook::PriorBook(const PriorKeys& keys, const FrozenPriors& frozen) : PriorBook(keys, 0.0) {
  all_ = DecayedCounts(frozen.all);
  core::parallel_for(cells_.size(), [&](std::size_t s) {
    const FrozenPriors::Space& space = frozen.spaces[s];
    for (std::uint32_t number = 1; number < cells_[s].size(); ++number) {
      const std::string text = keys.text(s, number);
      const auto found = std::ranges::lower_bound(space.keys, text);
      if (found != space.keys.end() && *found == text)
        cells_[s][number] = DecayedCounts(space.counts[static_cast<std::size_t>(found - space.keys.begin())]);
    }
  });
}

PriorBook::PriorBook(const PriorKeys& keys, const PriorTotals& totals) : PriorBook(keys, 0.0) {
  all_ = DecayedCounts(totals.all);
  for (std::size_t space = 0; space < cells_.size(); ++space)
    std::ranges::transform(totals.spaces[space], cells_[space].begin(),
                           [](const PriorCounts& counts) { return DecayedCounts(counts); });
}

PriorTotals PriorBook::totals() const {
  PriorTotals totals{all(0), {}};
  for (const std::vector<DecayedCounts>& cells : cells_) {
    std::vector<PriorCounts>& of_space = totals.spaces.emplace_back();
    for (const DecayedCounts& cell : cells) of_space.push_back(cell.at(0, 0.0));
  }
  return totals;
}

void PriorBook::add(const KeyValues& values, EventType type, bool is_target, std::int64_t time) {
  all_.add(type, is_target, time, decay_rate_);
  for (std::size_t space = 0; space < cells_.size(); ++space)
    if (const std::uint32_t number = keys_.number(space, values); number != 0)
      cells_[space][number].add(type, is_target, time, decay_rate_);
}

bool PriorBook::is_unseen(std::size_t space, const KeyValues& values) const {
  const std::uint32_t number = keys_.number(space, values);
  return number != 0 && counts(space, number, std::numeric_limits<std::int64_t>::max()).none();
}

FrozenPriors PriorBook::freeze(std::int64_t time, std::span<const double> m) const {
  FrozenPriors frozen;
  frozen.all = all(time);
  frozen.spaces.resize(cells_.size());
  core::parallel_for(cells_.size(), [&](std::size_t s) {
    std::vector<std::pair<std::string, PriorCounts>> found;
    for (std::uint32_t number = 1; number < cells_[s].size(); ++number)
      if (const PriorCounts of_key = counts(s, number, time); !of_key.none())
        found.emplace_back(keys_.text(s, number), of_key);
    std::ranges::sort(found, {}, &std::pair<std::string, PriorCounts>::first);
    FrozenPriors::Space& space = frozen.spaces[s];
    space.m = m[s];
    for (auto& [key, of_key] : found) {
      space.keys.push_back(std::move(key));
      space.counts.push_back(of_key);
    }
  });
  return frozen;
}

}  // namespace cartwheel::features
