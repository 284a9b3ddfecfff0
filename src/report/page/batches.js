// The batch table, and when its batches were.
function batchTable(experiment) {
  const key = headlineOf(experiment), sign = lowerIsBetter.has(key) ? -1 : 1;
  const best = new Set(distinct(experiment.rows.map((row) => row.batch)).map((batch) =>
    experiment.rows.filter((row) => row.batch === batch && !row.dummy).reduce((most, row) =>
      (most === null || sign * row[key] > sign * most[key] ? row : most), null)));
  return dataTable({
    caption: "Every batch and model on its test window", rows: experiment.rows, search: true, shown: 28,
    mark: (row) => (row.dummy ? "dummy" : best.has(row) ? "best" : null),
    columns: [
      textColumn("Batch", (row) => row.batch, { help: "First day of the test window" }),
      textColumn("Model", (row) => nameOfModel(row.model)),
      numberColumn("F1", (row) => row.f1, ratio, { help: "At the cut 0.5" }),
      numberColumn("F1 tuned", (row) => row.f1_tuned, ratio, { help: "At the tuned cut" }),
      { ...numberColumn("Cut", (row) => row.threshold, ratio, { help: "Chosen on scores of models that had not seen the rows" }),
        show: (row) => ratio(row.threshold) + (row.guard_held ? "*" : "") },
      numberColumn("AP", (row) => row.average_precision, ratio, { help: "Average precision" }),
      numberColumn("AUC", (row) => row.roc_auc, ratio, { help: "Area under the ROC curve" }),
      numberColumn("Log loss", (row) => row.log_loss, ratio, { help: "Lower is better" }),
      numberColumn("Brier", (row) => row.brier, ratio, { help: "Lower is better" }),
      numberColumn("Precision", (row) => row.precision, percent, { help: "At the tuned cut" }),
      numberColumn("Recall", (row) => row.recall, percent, { help: "At the tuned cut" }),
      numberColumn("Base rate", (row) => row.base_rate, percent),
      numberColumn("Sessions", (row) => row.sessions, whole),
      textColumn("Extractor", (row) => row.extractor || none),
      textColumn("Parameters", (row) => row.parameters || none),
    ],
  });
}

sections.push((doc) => {
  const experiment = doc.experiment;
  if (!experiment) return null;
  if (experiment.rows.length === 0) {
    return { id: "batches", title: "Batches", parts: [note("There is no batch: nothing was tested.")] };
  }
  const parts = [batchTable(experiment)];
  if (experiment.rows.some((row) => row.guard_held)) {
    parts.push(note("* 0.5 was kept: the tuned cut was not better by more than its bootstrap error."));
  }
  if (experiment.rows_not_shown > 0) {
    parts.push(note(`${counted(experiment.rows_not_shown, "row")} of earlier batches have no room here; batches.csv has them all.`));
  }
  if (experiment.batches.length > 0) {
    parts.push(subtitle("When each batch learns, chooses and is tested"), timeline(experiment.batches),
      more("Numbers", () => timelineTable(experiment.batches)));
    if (experiment.batches_not_shown > 0) parts.push(note(`The latest ${experiment.batches.length} batches are drawn; ${experiment.batches_not_shown} came before.`));
  }
  return { id: "batches", title: "Batches", intro: "The best model of each batch is marked; rules without a model are grey. Times are UTC.", parts };
});
