// What the search tried, and what each parameter made of it.
function parameterChart(model, metric) {
  const label = (parameter, value) => `${parameter} = ${value.value}`;
  const bars = model.parameters.flatMap(({ parameter, values }) => values.map((value) => ({ parameter, ...value })));
  return chart({
    title: nameOfModel(model.model), height: 70 + 24 * bars.length,
    says: `Mean and best ${nameOfMetric(metric)} of ${nameOfModel(model.model)} by value of each parameter`,
    build: () => ({ type: "line", data: { labels: bars.map((bar) => label(bar.parameter, bar)), datasets: [
      line("mean of its combinations", bars.map((bar) => bar.mean), colorOfModel(model.model), { showLine: false, pointRadius: 5 }),
      line("best of them", bars.map((bar) => bar.best), colorOfModel(model.model), { showLine: false, pointRadius: 5, pointBackgroundColor: color("surface"), pointBorderWidth: 2 }),
    ] }, options: { indexAxis: "y", interaction: { mode: "index", axis: "y", intersect: false },
      scales: { x: axis(nameOfMetric(metric), { grace: "8%", ticks: { callback: (value) => brief(value) }, grid: { display: true } }),
        y: { type: "category", offset: true, ticks: { autoSkip: false } } },
      plugins: { tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${ratio(item.raw)}`,
        footer: (items) => { const bar = bars[items[0].dataIndex]; return `${counted(bar.combinations, "combination")}, chosen in ${counted(bar.chosen, "batch", "batches")}`; } } } } } }),
    table: () => dataTable({ caption: `Parameters of ${nameOfModel(model.model)}`, rows: bars, columns: [
      textColumn("Parameter", (bar) => bar.parameter), textColumn("Value", (bar) => bar.value), numberColumn("Mean", (bar) => bar.mean, ratio),
      numberColumn("Best", (bar) => bar.best, ratio), numberColumn("Combinations", (bar) => bar.combinations, whole), numberColumn("Chosen", (bar) => bar.chosen, whole)] }),
  });
}

sections.push((doc) => {
  const search = doc.search;
  if (!search || search.combinations === 0) return null;
  const parts = [];
  const models = distinct(search.parameters.map((one) => one.model)).map((model) => ({ model, parameters: search.parameters.filter((one) => one.model === model) }));
  if (models.length > 0) {
    parts.push(subtitle("Score by parameter"), note("Each filled point is the mean over all combinations and batches with that value; the open one is the best of them."),
      grid(...models.map((model) => parameterChart(model, search.metric).figure)));
  } else {
    parts.push(note("No parameter had more than one value, so there was nothing to choose."));
  }
  const byScore = [...search.rows].sort((a, b) => (b.mean ?? -Infinity) - (a.mean ?? -Infinity));
  parts.push(subtitle("Every combination"), dataTable({ caption: "Combinations tried", rows: byScore, filters: true, shown: 12,
    columns: [
      textColumn("Batch", (row) => row.batch), textColumn("Model", (row) => nameOfModel(row.model)), textColumn("Extractor", (row) => row.extractor),
      textColumn("Parameters", (row) => row.parameters || none), ...(search.rows.some((row) => row.steps) ? [textColumn("Steps", (row) => row.steps || none)] : []),
      numberColumn(`Mean ${nameOfMetric(search.metric)}`, (row) => row.mean, ratio, { help: "Over the folds; higher is better (losses are negated)" }),
      ...(search.folds > 1 ? [numberColumn("Standard error", (row) => row.standard_error, ratio)] : []),
      ...(search.rows.some((row) => row.error) ? [textColumn("Failed", (row) => row.error ?? "")] : [])] }));
  if (search.rows_not_shown > 0) parts.push(note(`${counted(search.rows_not_shown, "combination")} have no room here; search.csv has them all.`));
  return { id: "search", title: "Search", intro: `${counted(search.combinations, "combination")} of extractor, steps and parameters were scored by ${nameOfMetric(search.metric)} `
    + `on ${counted(search.folds, "validation fold")} a batch; the test windows took no part.`, parts };
});
