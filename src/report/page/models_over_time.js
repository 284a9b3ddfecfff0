// How each model did from batch to batch.
sections.push((doc) => {
  const rows = doc.experiment?.rows ?? [], batches = distinct(rows.map((row) => row.batch));
  if (batches.length < 2) return null;
  const models = distinct(rows.filter((row) => !row.dummy).map((row) => row.model));
  const at = new Map(rows.map((row) => [`${row.batch} ${row.model}`, row]));
  const bestDummy = (key) => batches.map((batch) => Math.max(...rows.filter((row) => row.batch === batch && row.dummy).map((row) => row[key] ?? 0)));
  const over = (title, key, unit, hold, format = ratio) => chart({
    title, says: `${title} of ${listed(models.map(nameOfModel))} in ${batches.length} batches, from ${batches[0]} to ${batches.at(-1)}`,
    build: () => ({ type: "line", data: { labels: batches, datasets: [
      ...models.map((model) => line(nameOfModel(model), batches.map((batch) => at.get(`${batch} ${model}`)?.[key] ?? null), colorOfModel(model),
        { pointRadius: batches.length > 30 ? 0 : 3 })),
      ...(hold ? [reference(hold.label, hold.values)] : []),
    ] }, options: { interaction: { mode: "index", intersect: false }, scales: {
      x: { title: { text: "batch, by the first day of its test window" } }, y: axis(unit, { grace: "8%" }) },
    plugins: { tooltip: { filter: () => true, callbacks: { label: (item) => `${item.dataset.label}: ${format(item.raw)}` } } } } }),
    table: () => dataTable({ caption: title, rows: batches, columns: [textColumn("Batch", (batch) => batch),
      ...models.map((model) => numberColumn(nameOfModel(model), (batch) => at.get(`${batch} ${model}`)?.[key] ?? null, format))] }),
  });
  const base = batches.map((batch) => rows.find((row) => row.batch === batch).base_rate);
  const charts = [
    over("F1 at the tuned cut", "f1_tuned", "F1", { label: "best rule without a model", values: bestDummy("f1_tuned") }),
    over("Average precision", "average_precision", "average precision", { label: "by chance (base rate)", values: base }),
    over("ROC AUC", "roc_auc", "ROC AUC", { label: "by chance", values: batches.map(() => 0.5) }),
    over("Tuned cut", "threshold", "probability", null),
  ];
  return { id: "time", title: "Models over time", intro: "Steady lines are a good sign; a fall says that the shop has changed since training.",
    parts: [grid(...charts.map((one) => one.figure))] };
});
