#include "selection/plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "pipeline/model_registry.hpp"

namespace cartwheel::selection {
namespace {

/// Models of so many separate fits are in memory at once, at most.
constexpr std::size_t fits_at_once = 8;

class Planner {
 public:
  Planner(const SearchSpace& space, bool share) : space_(space), share_(share) {}

  SearchPlan make() {
    for (std::size_t model = 0; model < space_.models.size(); ++model) {
      const std::vector<Trial>& trials = space_.models[model].trials;
      for (std::size_t begin = 0, end = 0; begin < trials.size(); begin = end) {
        end = begin + 1;
        while (share_ && end < trials.size() && trials[end].features == trials[begin].features) ++end;
        add_units(model, begin, end, node_of(space_.features[trials[begin].features], space_.models[model].model));
      }
    }
    return std::move(plan_);
  }

 private:
  /// The node whose columns the model is given, made with those before it if need be.
  std::size_t node_of(const FeatureCombination& features, std::string_view model) {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t node = child(none, features.extractor, features.parameters, [&](std::size_t made) {
      plan_.roots.push_back({features.extractor, features.parameters, made});
    });
    for (const NamedStep& step : features.steps_before(model)) {
      const std::size_t before = node;
      node = child(before, step.name, step.parameters, [&](std::size_t made) {
        plan_.nodes[made].step = step;
        plan_.nodes[before].next.push_back(made);
      });
    }
    return node;
  }

  template <class Made>
  std::size_t child(std::size_t before, const std::string& name, const Parameters& parameters, const Made& made) {
    const auto [found, is_new] = nodes_.try_emplace({before, name, parameters}, plan_.nodes.size());
    if (!is_new && share_) return found->second;
    found->second = plan_.nodes.size();
    plan_.nodes.emplace_back();
    made(found->second);
    return found->second;
  }

  /// Trials [begin, end) of a model, in units of at most fits_at_once fits; trials that share a fit stay together.
  void add_units(std::size_t model, std::size_t begin, std::size_t end, std::size_t node) {
    const ModelTrials& trials = space_.models[model];
    std::map<std::string, std::size_t> unit_of_key;
    std::vector<std::size_t> fits;
    const std::size_t first_unit = plan_.units.size();
    for (std::size_t i = begin; i < end; ++i) {
      const std::string key = pipeline::share_key(trials.model, trials.parameters[trials.trials[i].parameters]);
      const std::size_t unit =
          unit_of_key.try_emplace(key, first_unit + unit_of_key.size() / fits_at_once).first->second;
      if (unit == plan_.units.size()) {
        plan_.units.push_back({model, {}, 0});
        plan_.nodes[node].units.push_back(unit);
      }
      plan_.units[unit].trials.push_back(i);
    }
    for (const auto& [key, unit] : unit_of_key) ++plan_.units[unit].fits;
  }

  const SearchSpace& space_;
  bool share_;
  SearchPlan plan_;
  std::map<std::tuple<std::size_t, std::string, Parameters>, std::size_t> nodes_;
};

}  // namespace

SearchPlan make_plan(const SearchSpace& space, bool share) { return Planner(space, share).make(); }

SearchWork work_of(const SearchPlan& plan, std::size_t folds) {
  SearchWork work;
  work.extractor_fits = plan.roots.size() * folds;
  work.step_fits = (plan.nodes.size() - plan.roots.size()) * folds;
  for (const PlanUnit& unit : plan.units) {
    work.combinations += unit.trials.size() * folds;
    work.model_fits += unit.fits * folds;
  }
  return work;
}

}  // namespace cartwheel::selection
