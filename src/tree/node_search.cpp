#include "tree/node_search.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "tree/entropy_table.hpp"

namespace cartwheel::tree {
namespace {

/// Moves the rows that go left before the others; both keep their order, so bins are read in order of memory.
template <class Row, class GoesLeft>
std::size_t part_rows(std::span<Row> rows, std::span<Row> aside, const GoesLeft& goes_left) {
  std::size_t left = 0, right = 0;
  for (const Row row : rows) {
    const std::size_t to_left = goes_left(row.row);  // 0 or 1, and no branch: which it is cannot be foreseen
    rows[left] = row;
    aside[right] = row;
    left += to_left;
    right += 1 - to_left;
  }
  std::copy_n(aside.begin(), right, rows.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

template <class Row>
std::size_t part_by_bin(std::span<Row> rows, std::span<Row> aside, const StridedBins& bins, std::uint32_t last_left,
                        std::uint32_t missing_left) {
  const auto goes_left = [=](std::uint32_t bin) {
    return static_cast<std::size_t>(bin <= last_left) | static_cast<std::size_t>(bin == missing_left);
  };
  if (bins.wide()) return part_rows(rows, aside, [&](std::size_t row) { return goes_left(bins[row]); });
  const std::uint8_t* const from = bins.bins;
  const std::size_t stride = bins.stride;
  if (!bins.shares_store() && missing_left == no_bin)
    return part_rows(rows, aside, [=](std::size_t row) -> std::size_t { return from[row * stride] <= last_left; });
  if (bins.shares_store()) {
    std::array<std::uint8_t, narrow_cells> byte_goes_left;
    byte_goes_left.fill(static_cast<std::uint8_t>(goes_left(bins.common)));
    for (std::uint32_t byte = bins.first; byte < bins.first + bins.cells - 1; ++byte)
      byte_goes_left[byte] = static_cast<std::uint8_t>(goes_left(bins.bin_of(static_cast<std::uint8_t>(byte))));
    return part_rows(rows, aside, [&](std::size_t row) -> std::size_t { return byte_goes_left[from[row * stride]]; });
  }
  return part_rows(rows, aside, [=](std::size_t row) { return goes_left(from[row * stride]); });
}

bool is_set(std::span<const std::uint64_t> mask, std::uint32_t j) { return (mask[j / 64] >> (j % 64) & 1) != 0; }
void mark(std::span<std::uint64_t> mask, std::uint32_t j) { mask[j / 64] |= std::uint64_t{1} << (j % 64); }

}  // namespace

Training::Training(const BinnedColumns& its_x, std::span<const std::uint8_t> its_labels,
                   const GrowSettings& its_settings)
    : x(its_x),
      labels(its_labels),
      settings(its_settings),
      terms(entropy_table(settings, x.rows)),
      stored(x),
      columns(column_wise(stored)),
      rows(stored, x.rows) {}

/// Searches a column of a node of few rows, if it can be done by comparing them. @return whether it was.
template <class Row>
bool NodeSearch<Row>::search_few(const StridedBins& column, std::uint32_t feature, const Order& order, Split& best,
                                 std::uint8_t& varies) const {
  if constexpr (std::is_same_v<Sum, Counts>) {
    if (!has_few_ || column.shares_store() || training_.x.by_level(feature)) return false;
    if (!column.wide() && !order.is_plain_gini()) return false;  // no faster than the histogram
    const auto outcome = few_.find_split(order, static_cast<std::int32_t>(feature), column,
                                         training_.x.missing[feature], training_.settings.min_samples_leaf, best);
    varies = outcome == FewRows::Outcome::varies ? 1 : 0;
    return outcome != FewRows::Outcome::has_missing;
  }
  return false;
}

/// Searches a column whose bins in the node are known.
template <class Row>
void NodeSearch<Row>::search_bins(std::span<Bin> present, std::uint32_t feature, const Order& order, Split& best,
                                  std::uint8_t& varies) const {
  varies = present.size() > 1 ? 1 : 0;
  if (present.size() < 2) return;
  const std::uint32_t missing = training_.x.missing[feature];
  if (training_.x.by_level(feature)) order_levels(present, missing);
  find_split(order, static_cast<std::int32_t>(feature), std::span<const Bin>(present), missing,
             training_.settings.min_samples_leaf, best);
}

/// Notes the cut of a column of two bins that shares its store, as most that do have.
template <class Row>
void NodeSearch<Row>::search_two_bins(const StridedBins& column, std::uint32_t feature, std::span<const Bin> store,
                                      const SearchedNode<Row>& node, std::uint8_t& varies) {
  const auto other = std::ranges::lower_bound(store, column.first, {}, &Bin::bin);
  varies = 0;
  if (other == store.end() || other->bin != column.first || other->counts.rows == node.counts.rows) return;
  varies = 1;
  const std::size_t smaller = std::min<std::size_t>(other->distinct_rows, node.rows.size() - other->distinct_rows);
  if (training_.settings.min_samples_leaf > 1 && smaller < training_.settings.min_samples_leaf) return;
  only_cuts_.push_back(
      {static_cast<std::int32_t>(feature), column.common == 0 ? node.counts - other->counts : other->counts});
}

/// The bins of a column that shares its store: what the store does not tell of it has its common bin.
template <class Row>
auto NodeSearch<Row>::bins_of_sharing(const StridedBins& column, std::span<const Bin> store,
                                      const SearchedNode<Row>& node) -> std::span<Bin> {
  Bin common{column.common, static_cast<std::uint32_t>(node.rows.size()), node.counts};
  sharing_.clear();
  auto bin = std::ranges::lower_bound(store, column.first, {}, &Bin::bin);
  std::size_t before_common = 0;
  for (; bin != store.end() && bin->bin < column.first + column.cells - 1; ++bin) {
    sharing_.push_back({column.bin_of(static_cast<std::uint8_t>(bin->bin)), bin->distinct_rows, bin->counts});
    before_common += sharing_.back().bin < column.common ? 1 : 0;
    common.distinct_rows -= bin->distinct_rows;
    common.counts = common.counts - bin->counts;
  }
  if (common.counts.rows != 0) sharing_.insert(sharing_.begin() + static_cast<std::ptrdiff_t>(before_common), common);
  return sharing_;
}

/// Sums and searches features, which may be of any mix of kinds.
template <class Row>
void NodeSearch<Row>::search_some(const SearchedNode<Row>& node, const BinTable& bins, const Order& order,
                                  std::span<const std::uint32_t> features, Split& best,
                                  std::span<std::uint8_t> varies) {
  constexpr std::uint32_t none = 0xffffffff;
  stores_.clear();
  only_cuts_.clear();
  next_.resize(features.size());
  if (place_of_store_.empty()) place_of_store_.resize(bins.stores.size());
  for (std::uint32_t i = 0; i < features.size(); ++i) {
    const StridedBins& column = bins[features[i]];
    if (search_few(column, features[i], order, best, varies[i])) continue;
    if (column.wide()) {
      search_bins(histogram_.sum_wide(node.rows, column, count_distinct_), features[i], order, best, varies[i]);
      continue;
    }
    if (!column.shares_store()) {
      next_[i] = none;
      stores_.push_back({column.store, i});
      continue;
    }
    std::uint32_t& place = place_of_store_[column.store];
    if (place == 0) {
      stores_.push_back({column.store, none});
      place = static_cast<std::uint32_t>(stores_.size());
    }
    next_[i] = stores_[place - 1].head;
    stores_[place - 1].head = i;
  }

  constexpr std::size_t at_once = Histogram<Row>::columns_at_once;
  for (std::size_t begin = 0; begin < stores_.size(); begin += at_once) {
    const std::size_t size = std::min(at_once, stores_.size() - begin);
    std::array<StridedBins, at_once> summed;
    for (std::size_t k = 0; k < size; ++k) summed[k] = bins.stores[stores_[begin + k].store];
    if (node.cells.empty()) histogram_.sum(node.rows, std::span(summed).first(size), count_distinct_);
    for (std::size_t k = 0; k < size; ++k) {
      const WantedStore& store = stores_[begin + k];
      place_of_store_[store.store] = 0;
      const std::span<Bin> present =
          node.cells.empty()
              ? histogram_.take(k)
              : histogram_.list(node.cells.subspan(training_.stored.first_cell(store.store), summed[k].cells));
      if (node.rows.size() < large_node)  // else tasks share the node
        training_.stored.mark_constant(store.store, present, node.constant);
      for (std::uint32_t i = store.head; i != none; i = next_[i]) {
        const StridedBins& column = bins[features[i]];
        if (column.shares_store() && column.cells == 2 && training_.x.missing[features[i]] == no_bin)
          search_two_bins(column, features[i], present, node, varies[i]);
        else
          search_bins(column.shares_store() ? bins_of_sharing(column, present, node) : present, features[i], order,
                      best, varies[i]);
      }
    }
  }
  if (!only_cuts_.empty()) find_split(order, std::span<const OnlyCut<Sum>>(only_cuts_), best);
}

template <class Row>
void NodeSearch<Row>::search(const SearchedNode<Row>& node, const BinTable& bins, const Order& order,
                             std::span<const std::uint32_t> features, Split& best) {
  varies_.assign(features.size(), 0);
  if (node.rows.size() < large_node || features.size() == 1 || core::thread_count() == 1)
    return search_some(node, bins, order, features, best, varies_);
  const auto threads = static_cast<std::size_t>(core::thread_count());
  const std::size_t at_once = std::clamp<std::size_t>(features.size() / threads, 1, Histogram<Row>::columns_at_once),
                    groups = (features.size() + at_once - 1) / at_once;
  std::vector<Split> results(groups);
  core::parallel_for(groups, [&](std::size_t group) {
    NodeSearch own(training_);
    own.rule_ = rule_;
    own.count_distinct_ = count_distinct_;
    const std::size_t begin = group * at_once, size = std::min(at_once, features.size() - begin);
    own.search_some(node, bins, order, features.subspan(begin, size), results[group],
                    std::span(varies_).subspan(begin, size));
  });
  for (const Split& result : results) keep_better(order, result, best);
}

/// Draws features until `count` are wanted_ that are not known to be constant. @param seen  so many are drawn already;
/// returns how many are now.
template <class Row>
template <class IsConstant>
std::uint32_t NodeSearch<Row>::draw(core::RandomStream& random, std::uint32_t seen, std::uint32_t count,
                                    const IsConstant& is_constant) {
  const std::uint32_t columns = training_.x.columns;
  const bool all = training_.settings.max_features == columns;
  std::uint32_t* const features = features_.data();
  wanted_.resize(count);
  std::uint32_t size = 0;
  for (; seen < columns && size < count; ++seen) {
    // Fisher and Yates' shuffle, as far as it is needed.
    std::uint32_t& place = features[all ? seen : seen + random.below(columns - seen)];
    const std::uint32_t feature = place;
    place = features[seen];
    wanted_[size] = feature;
    size += is_constant(feature) ? 0 : 1;  // no branch: which it is cannot be foreseen
  }
  wanted_.resize(size);
  return seen;
}

/// Looks at features in the node's own random order until max_features that are not constant in it were seen, and at
/// further ones as long as none allows a split; as scikit-learn does, but that constant features do not count.
template <class Row>
auto NodeSearch<Row>::best_split(const SearchedNode<Row>& node, const BinTable& bins) -> Split {
  const std::uint32_t columns = training_.x.columns, wanted = training_.settings.max_features;
  const Order order(rule_, node.counts, {training_.terms.data(), static_cast<std::uint32_t>(training_.terms.size())});
  features_.resize(columns);
  std::iota(features_.begin(), features_.end(), 0u);
  core::RandomStream random(training_.settings.seed, core::RandomPurpose::split_features, tree_, node.path);
  if constexpr (std::is_same_v<Sum, Counts>) {
    has_few_ = node.rows.size() <= std::min(training_.settings.plan.few_rows, FewRows::most_rows) &&
               node.counts.rows <= FewRows::most_weight;
    if (has_few_) few_.take(node.rows, bins);
  }
  Split best;
  for (std::uint32_t seen = 0, useful = 0; seen < columns && (useful < wanted || !best.found());) {
    const std::uint32_t count = std::max(1u, wanted - std::min(wanted, useful));
    if (has_few_)
      seen = draw(random, seen, count, [&](std::uint32_t j) { return is_set(node.constant, j) | few_.is_constant(j); });
    else
      seen = draw(random, seen, count, [&](std::uint32_t j) { return is_set(node.constant, j); });
    if (wanted_.empty()) break;
    if (node.rows.size() >= large_node)  // columns that share a store come into one task
      std::ranges::sort(wanted_, {}, [&](std::uint32_t feature) { return bins[feature].store; });
    search(node, bins, order, wanted_, best);
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (varies_[i] != 0)
        ++useful;
      else
        mark(node.constant, wanted_[i]);
    }
  }
  return best;
}

/// The levels on the side where missing values do not go.
template <class Row>
std::vector<std::uint16_t> NodeSearch<Row>::levels_apart(const SearchedNode<Row>& node, const StridedBins& bins,
                                                         const Split& split) {
  std::span<Bin> present;
  if (bins.wide()) {
    present = histogram_.sum_wide(node.rows, bins, false);
  } else {
    histogram_.sum(node.rows, {&bins, 1}, false);
    present = histogram_.take(0);
  }
  const auto order = order_levels(present, training_.x.missing[static_cast<std::size_t>(split.feature)]);
  const auto cut = order.begin() + split.bin + 1;
  std::vector<std::uint16_t> levels(split.missing_left ? cut : order.begin(), split.missing_left ? order.end() : cut);
  std::ranges::sort(levels);
  return levels;
}

template <class Row>
NodeParts<Row> NodeSearch<Row>::part(const SearchedNode<Row>& node, const BinTable& bins, std::span<Row> aside) {
  NodeParts<Row> parts;
  parts.split = best_split(node, bins);
  const Split& split = parts.split;
  if (!split.found()) return parts;
  if (!training_.settings.stop_rule().decreases_enough(rule_, root_, node.counts, split.left)) {
    parts.split = {};
    return parts;
  }
  const auto feature = static_cast<std::uint32_t>(split.feature);
  const StridedBins& column = bins[feature];
  if (training_.x.by_level(feature)) {
    parts.levels = levels_apart(node, column, split);
    std::vector<bool> goes_left(column.cells, split.missing_left);
    for (const std::uint16_t level : parts.levels) goes_left[level] = !split.missing_left;
    parts.left_rows =
        part_rows(node.rows, aside, [&](std::size_t row) -> std::size_t { return goes_left[column[row]] ? 1 : 0; });
  } else {
    parts.left_rows =
        part_by_bin(node.rows, aside, column, split.bin, split.missing_left ? training_.x.missing[feature] : no_bin);
  }
  if constexpr (std::is_same_v<Sum, Counts>)
    parts.left = split.left;
  else
    for (const Row& row : node.rows.first(parts.left_rows)) parts.left = parts.left + row.counts();
  return parts;
}

template class NodeSearch<TreeRow>;
template class NodeSearch<WeightedTreeRow>;

}  // namespace cartwheel::tree
