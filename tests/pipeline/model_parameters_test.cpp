#include "pipeline/model_parameters.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cmath>

namespace cartwheel::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <class Read>
auto read(const Parameters& given, const Read& options_of) {
  ParameterReader in("model", given);
  const auto options = options_of(in);
  in.finish();
  return options;
}

auto forest(const Parameters& given) {
  return read(given, [](ParameterReader& in) { return random_forest_options(in, 42); });
}
auto tree(const Parameters& given) {
  return read(given, [](ParameterReader& in) { return decision_tree_options(in, 42); });
}
auto logistic(const Parameters& given) { return read(given, logistic_regression_options); }

TEST(ModelParameters, DefaultsAreScikitLearns) {
  EXPECT_EQ(forest({}).n_estimators, 100);
  EXPECT_EQ(forest({}).tree.max_features.rule, MaxFeatures::Rule::sqrt);
  EXPECT_EQ(tree({}).max_features.rule, MaxFeatures::Rule::all);
  EXPECT_EQ(tree({}).min_samples_split.count, 2);
  EXPECT_EQ(tree({}).max_depth, 0);
  EXPECT_EQ(logistic({}).C, 1.0);
  EXPECT_EQ(logistic({}).penalty, Penalty::l2);
  EXPECT_EQ(read({}, bernoulli_nb_options).alpha, 1.0);
  EXPECT_EQ(read({}, bernoulli_nb_options).binarize, 0.0);
}

TEST(ModelParameters, TakeScikitLearnsWaysOfWriting) {
  EXPECT_EQ(tree({{"max_depth", std::string("none")}}).max_depth, 0);
  EXPECT_EQ(tree({{"max_depth", std::int64_t{3}}}).max_depth, 3);
  EXPECT_EQ(tree({{"min_samples_leaf", 0.25}}).min_samples_leaf.share, 0.25);
  EXPECT_EQ(tree({{"max_features", std::string("log2")}}).max_features.rule, MaxFeatures::Rule::log2);
  EXPECT_EQ(tree({{"max_features", 0.5}}).max_features.share, 0.5);
  EXPECT_EQ(tree({{"class_weight", std::vector<double>{1.0, 3.0}}}).class_weight.weights[1], 3.0);
  EXPECT_EQ(tree({{"random_state", std::int64_t{5}}}).seed, 5u);
  EXPECT_EQ(tree({}).seed, 42u);
  EXPECT_FALSE(read({{"binarize", std::string("none")}}, bernoulli_nb_options).binarize.has_value());
  EXPECT_EQ(read({{"alpha", std::int64_t{1}}}, bernoulli_nb_options).alpha, 1.0);
}

TEST(ModelParameters, BothSpellingsOfAPenalty) {
  EXPECT_EQ(logistic({{"l1_ratio", 0.0}}).penalty, Penalty::l2);
  EXPECT_EQ(logistic({{"l1_ratio", 1.0}}).penalty, Penalty::l1);
  EXPECT_EQ(logistic({{"l1_ratio", 0.3}}).penalty, Penalty::elasticnet);
  EXPECT_EQ(logistic({{"penalty", std::string("l1")}, {"l1_ratio", 0.3}}).penalty, Penalty::l1);
  EXPECT_EQ(logistic({{"C", std::numeric_limits<double>::infinity()}}).penalty, Penalty::none);
}

TEST(ModelParameters, TreesArePrunedByCcpAlpha) {
  EXPECT_EQ(forest({}).tree.ccp_alpha, 0.0);
  EXPECT_EQ(forest({{"ccp_alpha", 0.01}}).tree.ccp_alpha, 0.01);
}

TEST(ModelParameters, WhatDoesNotFitIsRefusedByName) {
  const auto refuses = [](const Parameters& given, const std::string& part) {
    EXPECT_THAT([&] { forest(given); }, ThrowsMessage<ParameterError>(HasSubstr(part))) << to_text(given);
  };
  refuses({{"n_estimators", std::int64_t{0}}}, "n_estimators is 0; it must be an integer in [1, 100000]");
  refuses({{"criterion", std::string("ginni")}}, "did you mean gini?");
  refuses({{"max_depth", std::int64_t{0}}}, "max_depth is 0");
  refuses({{"max_depth", 2.5}}, "max_depth is 2.5");
  refuses({{"min_samples_split", std::int64_t{1}}}, "min_samples_split is 1");
  refuses({{"class_weight", std::vector<double>{1.0}}}, "class_weight is [1.0]");
  refuses({{"bootstrap", std::int64_t{1}}}, "bootstrap is 1; it must be true or false");
  refuses({{"min_impurity_decrease", std::nan("")}}, "min_impurity_decrease is nan");
  refuses({{"ccp_alpha", -0.5}}, "ccp_alpha is -0.5");
  refuses({{"n_estimator", std::int64_t{5}}}, "did you mean n_estimators?");
}

TEST(ModelParameters, TheFullSetIsGiven) {
  const Parameters full = check_parameters("bernoulli_nb", {{"alpha", 0.5}});
  EXPECT_EQ(to_text(full), "alpha=0.5, binarize=0.0, class_prior=none, fit_prior=true");
  EXPECT_THAT([] { check_parameters("naive_bayes", {}); }, ThrowsMessage<ParameterError>(HasSubstr("bernoulli_nb")));
}

}  // namespace
}  // namespace cartwheel::pipeline
