#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/export_text.hpp>
#include <cmath>
#include <iterator>

namespace cartwheel {
namespace {

void check(std::string_view name, int value, int low, int high) {
  if (value < low || value > high)
    throw ParameterError(fmt::format("{} is {}; it must be in [{}, {}]", name, value, low, high));
}

class TextWriter {
 public:
  TextWriter(const std::vector<TreeNode>& nodes, const std::vector<std::string>& names,
             const std::vector<std::vector<std::string>>& levels, const ExportTextOptions& options)
      : nodes_(nodes), names_(names), levels_(levels), options_(options), heights_(nodes.size(), 1) {
    check("max_depth", options.max_depth, 0, 1000);
    check("spacing", options.spacing, 1, 100);
    check("decimals", options.decimals, 0, 20);
    for (std::size_t i = nodes.size(); i-- > 0;)
      if (nodes[i].feature >= 0) heights_[i] = 1 + std::max(heights_[at(nodes[i].left)], heights_[at(nodes[i].right)]);
  }

  std::string write() {
    write(0, 0);
    return std::move(text_);
  }

 private:
  static std::size_t at(std::int32_t node) { return static_cast<std::size_t>(node); }

  void write(std::size_t number, int depth) {
    const TreeNode& node = nodes_[number];
    if (node.feature < 0) {
      write_leaf(node, depth);
    } else if (depth > options_.max_depth) {
      add_line(depth, fmt::format("truncated branch of depth {}", heights_[number]));
    } else {
      add_line(depth, rule(node, true));
      write(at(node.left), depth + 1);
      add_line(depth, rule(node, false));
      write(at(node.right), depth + 1);
    }
  }

  void write_leaf(const TreeNode& leaf, int depth) {
    const int label = leaf.probability > 0.5 ? 1 : 0;
    const double positive = leaf.weight * leaf.probability;
    add_line(depth, options_.show_weights ? fmt::format("weights: [{1:.{0}f}, {2:.{0}f}] class: {3}", options_.decimals,
                                                        leaf.weight - positive, positive, label)
                                          : fmt::format("class: {}", label));
  }

  std::string rule(const TreeNode& node, bool left) const {
    const auto column = at(node.feature);
    const bool takes_missing = left == node.missing_left;
    if (!node.levels.empty()) {
      std::string listed;
      for (const std::uint16_t level : node.levels)
        fmt::format_to(std::back_inserter(listed), "{}{}", listed.empty() ? "" : ", ", levels_[column][level]);
      return fmt::format("{} {} {{{}}}", names_[column], takes_missing ? "not in" : "in", listed);
    }
    if (std::isinf(node.threshold)) return fmt::format("{} is {}", names_[column], left ? "given" : "missing");
    return fmt::format("{} {} {:.{}f}{}", names_[column], left ? "<=" : "> ", node.threshold, options_.decimals,
                       options_.show_missing && takes_missing ? " or missing" : "");
  }

  void add_line(int depth, std::string_view text) {
    for (int i = 0; i < depth; ++i) fmt::format_to(std::back_inserter(text_), "|{:{}}", "", options_.spacing);
    fmt::format_to(std::back_inserter(text_), "|{:-<{}} {}\n", "", options_.spacing, text);
  }

  const std::vector<TreeNode>& nodes_;
  const std::vector<std::string>& names_;
  const std::vector<std::vector<std::string>>& levels_;
  ExportTextOptions options_;
  std::vector<int> heights_;  ///< Of the subtrees, a leaf counting 1.
  std::string text_;
};

}  // namespace

std::string export_text(const DecisionTree& tree, const ExportTextOptions& options) {
  return TextWriter(tree.nodes(), tree.feature_names(), tree.levels(), options).write();
}

std::string export_text(const RandomForest& forest, int tree, const ExportTextOptions& options) {
  return TextWriter(forest.nodes(tree), forest.feature_names(), forest.levels(), options).write();
}

}  // namespace cartwheel
