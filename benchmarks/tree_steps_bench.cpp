#include <benchmark/benchmark.h>

#include <algorithm>
#include <cartwheel/threads.hpp>
#include <cmath>
#include <memory>
#include <optional>
#include <random>

#include "machine_limits.hpp"
#include "tree/grow_settings.hpp"
#include "tree/histogram.hpp"
#include "tree/node_search.hpp"

// What growing a tree is made of: bins, histograms, the search for a split in them, and the parting of rows. One
// thread.

namespace {

using namespace cartwheel::tree;
using cartwheel::bench::Limit;

enum Skew : std::int64_t {
  even,      ///< Normal values: bins of about the same number of rows.
  heavy,     ///< Counts with a long tail: most rows in a few bins.
  two_bins,  ///< 0 and 1, one row in five.
};

float draw(std::mt19937_64& random, std::int64_t skew) {
  std::normal_distribution<float> normal;
  const float value = normal(random);
  if (skew == even) return value;
  if (skew == heavy) return std::floor(std::exp(std::min(1.5f * value, 10.0f)));
  return value > 0.84f ? 1.0f : 0.0f;
}

struct Table {
  cartwheel::FeatureMatrix x;
  std::vector<std::uint8_t> y;

  Table(std::size_t rows, std::size_t columns, std::int64_t skew) : x(rows), y(rows) {
    std::mt19937_64 random(1);
    std::vector<float> score(rows);
    for (std::size_t j = 0; j < columns; ++j) {
      cartwheel::FloatColumn column{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) {
        column.values[i] = draw(random, skew);
        score[i] += column.values[i];
      }
      x.add("f" + std::to_string(j), std::move(column));
    }
    std::vector<float> sorted = score;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(rows / 2));
    for (std::size_t i = 0; i < rows; ++i) y[i] = score[i] > sorted[rows / 2];
  }
};

struct Shape {
  std::size_t rows, columns;
  std::uint32_t bins;
  std::int64_t skew;

  explicit Shape(const benchmark::State& state)
      : rows(static_cast<std::size_t>(state.range(0))),
        columns(static_cast<std::size_t>(state.range(1))),
        bins(static_cast<std::uint32_t>(state.range(2))),
        skew(state.range(3)) {}
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// Binned columns and the rows of a root.
struct Root {
  Table table;
  BinnedColumns bins;
  std::vector<TreeRow> rows;
  Counts counts;

  explicit Root(const Shape& shape)
      : table(shape.rows, shape.columns, shape.skew), bins(bin_columns(table.x, shape.bins)) {
    for (std::uint32_t row = 0; row < shape.rows; ++row) {
      rows.emplace_back(row, 1, table.y[row]);
      counts = counts + rows.back().counts();
    }
  }
};

/// The last one that was asked for: benchmarks of the same shape stand next to each other.
const Root& root_of(const benchmark::State& state) {
  static std::optional<Shape> made;
  static std::unique_ptr<Root> root;
  const Shape shape(state);
  if (made != shape) {
    root.reset();
    root = std::make_unique<Root>(shape);
    made = shape;
  }
  return *root;
}

GrowSettings settings_of(const Root& root, std::size_t columns) { return make_grow_settings({}, root.counts, columns); }

/// Sums the root's rows by groups of columns, and hands each column's bins to `use`.
template <class Use>
void sum_columns(Histogram<TreeRow>& histogram, const StoredColumns& stored, std::span<const TreeRow> rows,
                 const Use& use) {
  for (std::size_t first = 0; first < stored.size(); first += Histogram<TreeRow>::columns_at_once) {
    const std::size_t count = std::min(Histogram<TreeRow>::columns_at_once, stored.size() - first);
    std::vector<StridedBins> columns;
    for (std::size_t k = 0; k < count; ++k) columns.push_back(stored.store(first + k));
    histogram.sum(rows, columns, false);
    for (std::size_t k = 0; k < count; ++k) use(first + k, histogram.take(k));
  }
}

void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "columns", "bins", "skew"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const std::int64_t rows : {10'000, 100'000, 1'000'000}) b->Args({rows, 16, 255, even});
  for (const std::int64_t bins : {2, 16, 64}) b->Args({100'000, 16, bins, even});
  for (const std::int64_t skew : {heavy, two_bins}) b->Args({100'000, 16, 255, skew});
  b->Args({10'000, 500, 255, even});
}

}  // namespace

/// Values to bin numbers.
static void binning(benchmark::State& state) {
  const Root& root = root_of(state);
  const Shape shape(state);
  if (root.bins.rows != shape.rows || root.bins.columns != shape.columns) return state.SkipWithError("no bins");
  cartwheel::with_threads(1, [&] {
    for (auto _ : state) benchmark::DoNotOptimize(bin_columns(root.table.x, shape.bins));
  });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shape.rows * shape.columns));
}
BENCHMARK(binning)->Apply(shapes);

/// Rows and positives of each bin of each column.
static void histogram(benchmark::State& state) {
  const Root& root = root_of(state);
  const StoredColumns stored(root.bins);
  Histogram<TreeRow> sums;
  bool right = true;
  sum_columns(sums, stored, root.rows, [&](std::size_t, std::span<const PresentBin<Counts>> bins) {
    Counts all;
    for (const auto& bin : bins) all = all + bin.counts;
    right &= all == root.counts;
  });
  if (!right) return state.SkipWithError("the bins do not add up to the node");
  for (auto _ : state)
    sum_columns(sums, stored, root.rows,
                [](std::size_t, std::span<const PresentBin<Counts>> bins) { benchmark::DoNotOptimize(bins.data()); });
  cartwheel::bench::report_share(state, Limit::cell_updates, static_cast<double>(root.rows.size() * stored.size()));
}
BENCHMARK(histogram)->Apply(shapes);

/// The best split of each column from its bins: what is left when rows have been summed.
static void split(benchmark::State& state) {
  const Root& root = root_of(state);
  const GrowSettings settings = settings_of(root, root.bins.columns);
  const GainOrder<Counts> order(settings.impurity, root.counts, {});
  const StoredColumns stored(root.bins);
  std::vector<std::vector<PresentBin<Counts>>> bins;
  Histogram<TreeRow> sums;
  sum_columns(sums, stored, root.rows, [&](std::size_t, std::span<const PresentBin<Counts>> present) {
    bins.emplace_back(present.begin(), present.end());
  });
  std::size_t cells = 0;
  for (const auto& present : bins) cells += present.size();
  const auto search = [&] {
    Split best;
    for (std::size_t k = 0; k < bins.size(); ++k)
      find_split<Counts>(order, static_cast<std::int32_t>(k), bins[k], no_bin, 1, best);
    return best;
  };
  if (!search().found()) return state.SkipWithError("no split");
  for (auto _ : state) benchmark::DoNotOptimize(search());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cells));
}
BENCHMARK(split)->Apply(shapes);

/// All of it for one node: its split sought among all columns, and its rows parted.
static void node(benchmark::State& state) {
  const Root& root = root_of(state);
  const Training training(root.bins, root.table.y, settings_of(root, root.bins.columns));
  NodeSearch<TreeRow> search(training);
  search.start(0, training.settings.impurity, root.counts, false);
  std::vector<TreeRow> rows, aside(root.rows.size());
  std::vector<std::uint64_t> constant(training.mask_words());
  NodeParts<TreeRow> parts;
  const auto part = [&] {
    rows = root.rows;
    std::ranges::fill(constant, 0);
    parts = search.part({rows, root.counts, 1, constant}, training.columns, aside);
  };
  part();
  if (!parts.split.found() || parts.left_rows == 0 || parts.left_rows == rows.size())
    return state.SkipWithError("no split");
  for (auto _ : state) part();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.size()));
}
BENCHMARK(node)->Apply(shapes);
