// After how many events to call the model.
sections.push((doc) => {
  const e = doc.earliness;
  if (!e || e.rows.length === 0) return null;
  const sizes = distinct(e.rows.map((row) => row.size)), models = distinct(e.rows.filter((row) => !row.dummy).map((row) => row.model));
  const at = new Map(e.rows.map((row) => [`${row.size} ${row.model}`, row]));
  const key = e.rows.some((row) => known(row.f1_of_all)) ? "f1_of_all" : "f1";
  const over = (title, name, unit, hold) => chart({
    title, says: `${title} by window length, for ${listed(models.map(nameOfModel))}`,
    build: () => ({ type: "scatter", data: { datasets: [
      ...models.map((model) => line(nameOfModel(model), sizes.map((size) => ({ x: size, y: at.get(`${size} ${model}`)?.[name] ?? null })), colorOfModel(model), { pointRadius: 3 })),
      ...(hold ? [reference(hold.label, sizes.map((size) => ({ x: size, y: hold.value(size) })))] : []),
    ] }, options: { scales: { x: axis("events in the window", { ticks: { stepSize: 1, precision: 0 } }), y: axis(unit, { grace: "8%" }) },
      plugins: tooltipLabel((item) => `${item.dataset.label}, ${counted(item.raw.x, "event")}: ${ratio(item.raw.y)}`) } }),
  });
  const rowOf = (size) => e.rows.find((row) => row.size === size);
  const ahead = chart({ title: "Targets that still lie ahead", says: "Share of targets that come after the window, by window length",
    build: () => ({ type: "scatter", data: { datasets: [line("targets ahead", sizes.map((size) => ({ x: size, y: rowOf(size).targets_ahead })), color("series-1"), { pointRadius: 3 })] },
      options: { scales: { x: axis("events in the window", { ticks: { stepSize: 1, precision: 0 } }), y: shareAxis("share of sessions with a target") },
        plugins: { ...tooltipLabel((item) => `${counted(item.raw.x, "event")}: ${percent(item.raw.y)}`), legend: { display: false } } } }) });
  const charts = [
    over(key === "f1_of_all" ? "F1 of all targets (one that came too early counts as missed)" : "F1 at the tuned cut", key, "F1"),
    over("Average precision", "average_precision", "average precision", { label: "by chance", value: (size) => rowOf(size).base_rate }),
    over("ROC AUC", "roc_auc", "ROC AUC", { label: "by chance", value: () => 0.5 }),
    ahead,
  ];
  const best = e.rows.filter((row) => !row.dummy).reduce((most, row) => ((row[key] ?? 0) > (most[key] ?? 0) ? row : most));
  return { id: "earliness", title: "How early to call", intro: `${counted(e.sessions, "session")} with enough events for every length; means over the batches.`, parts: [
    paragraph(`Highest is ${nameOfModel(best.model)} after ${counted(best.size, "event")}: F1 ${ratio(best[key])}, while ${percent(best.targets_ahead)} of the targets still lie ahead.`),
    grid(...charts.map((one) => one.figure)),
    more("Numbers", () => dataTable({ caption: "Window lengths", rows: e.rows, mark: (row) => (row.dummy ? "dummy" : null), columns: [
      numberColumn("Events", (row) => row.size, whole), textColumn("Model", (row) => nameOfModel(row.model)), numberColumn("Sessions", (row) => row.sessions, whole),
      numberColumn("Base rate", (row) => row.base_rate, percent), numberColumn("Targets ahead", (row) => row.targets_ahead, percent),
      numberColumn("F1", (row) => row.f1, ratio), numberColumn("F1 of all", (row) => row.f1_of_all, ratio), numberColumn("Precision", (row) => row.precision, percent),
      numberColumn("Recall", (row) => row.recall, percent), numberColumn("Average precision", (row) => row.average_precision, ratio), numberColumn("ROC AUC", (row) => row.roc_auc, ratio)] })),
    note(`All other sections are of windows of ${counted(doc.experiment?.session.size ?? sizes[0], "event")}; each length has its own folder with tables and models.`),
  ] };
});
