// The document that the page shows (docs/report.md), and the sections that show it. A section is a function that
// gets the document and returns {id, title, intro, parts}, or nothing where the document has no data for it.
const report = JSON.parse(document.getElementById("report-document").textContent);
const sections = [];

const modelNames = {
  bernoulli_nb: "Naive Bayes",
  logistic_regression: "Logistic regression",
  decision_tree: "Decision tree",
  random_forest: "Random forest",
  always_yes: "Always yes",
  base_rate: "Base rate",
  session_size: "Session size",
};
const nameOfModel = (name) => (Object.hasOwn(modelNames, name) ? modelNames[name] : name);

const metricNames = {
  f1: "F1", f1_tuned: "F1 at the tuned cut", average_precision: "average precision", roc_auc: "ROC AUC", log_loss: "log loss",
  brier: "Brier score",
};
const nameOfMetric = (name) => (Object.hasOwn(metricNames, name) ? metricNames[name] : name);

const distinct = (values) => [...new Set(values)];
const sum = (values) => values.reduce((total, value) => total + value, 0);
// The mean of those that are numbers; null for none.
const mean = (values) => {
  const known = values.filter((value) => typeof value === "number");
  return known.length === 0 ? null : sum(known) / known.length;
};

// The confusion matrix at cut `i` of a sweep, and what follows from it. 0/0 is 0, as the library has it.
function decisionsAt(sweep, i) {
  const tp = sweep.true_positives[i], fp = sweep.false_positives[i];
  const fn = sweep.positives - tp, tn = sweep.sessions - sweep.positives - fp;
  const ratio = (part, whole) => (whole === 0 ? 0 : part / whole);
  return {
    threshold: sweep.thresholds[i],
    true_negative: tn, false_positive: fp, false_negative: fn, true_positive: tp,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    accuracy: ratio(tp + tn, sweep.sessions),
    named: ratio(tp + fp, sweep.sessions),
  };
}
