// What a director reads: what was found, how much it is worth, whether it can be believed.
const lowerIsBetter = new Set(["log_loss", "brier"]);

// The figure that models are compared by: what the search chose by, at the tuned cut where it is F1.
const headlineOf = (experiment) => (experiment.metric === "f1" ? "f1_tuned" : experiment.metric);

// Models, and dummies, with the mean of their rows' figures; the best first.
function ranking(experiment) {
  const key = headlineOf(experiment), sign = lowerIsBetter.has(key) ? 1 : -1;
  return distinct(experiment.rows.map((row) => row.model)).map((model) => {
    const rows = experiment.rows.filter((row) => row.model === model);
    const means = Object.fromEntries(["f1", "f1_tuned", "average_precision", "roc_auc", "log_loss", "brier", "precision", "recall",
      "base_rate"].map((name) => [name, mean(rows.map((row) => row[name]))]));
    return { model, dummy: rows[0].dummy, batches: rows.length, extractor: rows.at(-1).extractor, ...means };
  }).sort((a, b) => sign * ((a[key] ?? 0) - (b[key] ?? 0)));
}

// "1d" as "1 day".
function horizonInWords(text) {
  const units = { d: "day", h: "hour", m: "minute", s: "second" }, parts = text.match(/^(\d+)([dhms])$/);
  return parts ? counted(Number(parts[1]), units[parts[2]]) : text;
}

function labelInWords(session) {
  const target = session.targets.map((name) => (name === "cart" ? "put something into the cart" : "bought something"));
  const first = session.size === 1 ? "the first event" : `the first ${session.size} events`;
  const did = target.length > 1 ? "put something into the cart or bought it" : target[0];
  switch (session.label) {
    case "window": return `whether a visitor ${did} within ${first} of a visit`;
    case "session": return `whether a visitor ${did} in ${first} of a visit or within ${horizonInWords(session.horizon)} after that`;
    default: return `whether a visitor who has not done so yet will have ${did} within ${horizonInWords(session.horizon)} after ${first} of a visit`;
  }
}

function experimentInWords(experiment) {
  const order = ranking(experiment), best = order.find((row) => !row.dummy);
  const names = distinct(experiment.rows.map((row) => row.batch)), key = headlineOf(experiment);
  if (!best) return [note("No model was fitted.")];
  const sessions = sum(names.map((name) => experiment.rows.find((row) => row.batch === name).sessions));
  const times = best.base_rate > 0 ? best.precision / best.base_rate : null;
  const words = [
    el("p", { class: "lead" },
      `The model predicts ${labelInWords(experiment.session)}. It was tried on ${counted(sessions, "session")} of `
      + `${counted(names.length, "test window")}, each later than everything that the model had learned from. `,
      el("strong", {}, `${nameOfModel(best.model)} did best`),
      `: of the sessions that it names, ${percent(best.precision)} are right, against ${percent(best.base_rate)} of all sessions`
      + `${known(times) ? ` (${times.toFixed(1)} times as many)` : ""}, and it finds ${percent(best.recall)} of those there are.`),
  ];
  const rule = order.filter((row) => row.dummy).reduce((most, row) => (most === null || row.f1_tuned > most.f1_tuned ? row : most), null);
  if (rule && best.f1_tuned <= rule.f1_tuned) {
    words.push(el("p", { class: "warning" }, `At its tuned cut it is no better than the rule \u201c${nameOfModel(rule.model)}\u201d (F1 ${ratio(best.f1_tuned)} against `
      + `${ratio(rule.f1_tuned)}): use its ranking, or another goal for the cut, rather than its yes and no.`));
  }
  words.push(cards(
    card("Best model", nameOfModel(best.model), `by ${nameOfMetric(key)}, mean of ${counted(best.batches, "batch", "batches")}`),
    card("F1 at the tuned cut", ratio(best.f1_tuned), rule ? `${ratio(rule.f1_tuned)} by the best rule without a model` : ""),
    card("Average precision", ratio(best.average_precision), `${ratio(best.base_rate)} by chance`),
    card("ROC AUC", ratio(best.roc_auc), "0.5 by chance"),
    card("Test sessions", whole(sessions), `${percent(best.base_rate)} with a target`),
  ));
  return words;
}

function trustInWords(doc) {
  const purged = sum(doc.experiment.batches.map((batch) => batch.final.purged + sum(batch.folds.map((fold) => fold.purged))));
  const words = [`Training ends before testing begins, in every batch; ${counted(purged, "training row")} whose label was not yet `
    + "known at that time were purged; cuts were chosen on scores of models that had not seen the rows. "];
  if (doc.audit) {
    words.push(doc.audit.passed
      ? el("span", { class: "verdict good" }, "The audit on these data passed: nothing that was tried looks ahead.")
      : el("span", { class: "verdict bad" }, `The audit on these data failed: ${counted(doc.audit.findings.length, "leak")} found.`));
  } else {
    words.push("The audit, which proves it on these data, was not part of this run.");
  }
  return paragraph(words);
}

sections.push((doc) => {
  if (!doc.experiment) return null;
  const parts = [...experimentInWords(doc.experiment), trustInWords(doc)];
  const single = doc.experiment.rows.filter((row) => !row.dummy && (row.base_rate === 0 || row.base_rate === 1));
  if (single.length > 0) {
    parts.push(el("p", { class: "warning" }, `In ${counted(distinct(single.map((row) => row.batch)).length, "batch", "batches")} the test `
      + "window holds one class alone: ROC AUC is undefined there, and other figures say little."));
  }
  for (const warning of doc.experiment.warnings) {
    parts.push(el("p", { class: "warning" }, `${warning.text} (batch ${warning.first_batch}${warning.batches > 1 ? ` and ${warning.batches - 1} more` : ""})`));
  }
  return { id: "summary", title: "Summary", parts };
});
