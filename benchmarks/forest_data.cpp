#include "forest_data.hpp"

#include <array>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/generate.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/session_table.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <stdexcept>

namespace cartwheel::bench {
namespace {

std::uint8_t draw_label(std::mt19937_64& random, double lean) {
  return std::uniform_real_distribution<>()(random) < 1.0 / (1.0 + std::exp(-lean)) ? 1 : 0;
}

void add_columns(ForestData& data, std::vector<FloatColumn> columns) {
  for (std::size_t j = 0; j < columns.size(); ++j) data.x.add("x" + std::to_string(j), std::move(columns[j]));
}

}  // namespace

ForestData dense_data(std::size_t rows, std::size_t columns) {
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<FloatColumn> x(columns, FloatColumn{std::vector<float>(rows)});
  for (FloatColumn& column : x)
    for (float& value : column.values) value = normal(random);
  ForestData data{FeatureMatrix(rows), {}};
  for (std::size_t row = 0; row < rows; ++row) {
    const auto value = [&](std::size_t j) { return double{x[j].values[row]}; };
    const double lean = value(0) + value(1) + value(2) + value(3) + value(4) + 2 * value(5) * value(6) +
                        (value(7) > 1 ? 2 * value(8) : 0.0);
    data.y.push_back(draw_label(random, lean));
  }
  add_columns(data, std::move(x));
  return data;
}

ForestData one_hot_data(std::size_t rows) {
  constexpr std::size_t names = 20, levels = 25;
  std::mt19937_64 random(2);
  std::normal_distribution<> normal(0.0, 0.7);
  std::array<double, levels> share;
  for (std::size_t level = 0; level < levels; ++level) share[level] = 1.0 / static_cast<double>(level + 1);
  std::discrete_distribution<std::size_t> draw(share.begin(), share.end());
  std::vector<double> weight(names * levels);
  for (double& w : weight) w = normal(random);
  std::vector<FloatColumn> x(names * levels, FloatColumn{std::vector<float>(rows)});
  ForestData data{FeatureMatrix(rows), {}};
  for (std::size_t row = 0; row < rows; ++row) {
    double lean = 0.0;
    for (std::size_t name = 0; name < names; ++name) {
      const std::size_t column = name * levels + draw(random);
      x[column].values[row] = 1.0f;
      lean += weight[column];
    }
    data.y.push_back(draw_label(random, lean));
  }
  add_columns(data, std::move(x));
  return data;
}

std::optional<ForestData> sessions_of(const std::string& csv) {
  const std::filesystem::path path = csv;
  if (!std::filesystem::exists(path)) return std::nullopt;
  Account account;
  SessionOptions options;
  options.label = Label::window;
  const SessionTable table = build_sessions(read_events({&path, 1}, {}, account), options, account);
  std::vector<std::uint32_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return ForestData{make_feature_extractor("V1", {})->fit_transform(table, rows, table.log_end),
                    {table.label.begin(), table.label.end()}};
}

ForestData sessions_of_generated(std::uint64_t events) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("cartwheel-forest-" + std::to_string(std::random_device{}()) + ".csv");
  GenerateOptions options;
  options.events = events;
  options.seed = 1;
  {
    std::ofstream file(path, std::ios::binary);
    generate_events(options, [&](std::string_view text) { file << text; });
  }
  auto data = sessions_of(path.string());
  std::filesystem::remove(path);
  if (!data) throw std::runtime_error("no temporary file can be written to " + path.string());
  return std::move(*data);
}

}  // namespace cartwheel::bench
