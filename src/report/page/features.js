// What each feature is worth to a model, and how the probability moves with it.
function importanceChart(model, shown) {
  const features = model.features.slice(0, shown);
  return chart({
    title: `Importance: how much average precision (${ratio(model.average_precision)}) falls when a feature is shuffled`, height: 60 + 26 * features.length, wide: true,
    says: `Importance of features to ${nameOfModel(model.model)}; the first are ${listed(features.slice(0, 3).map((f) => `${f.feature} (${signed(f.drop)})`))}`,
    build: () => ({ type: "bar", data: { labels: features.map((f) => f.feature), datasets: [
      { label: "fall", data: features.map((f) => f.drop), backgroundColor: colorOfModel(model.model), barThickness: 14 }] },
    options: { indexAxis: "y", interaction: { mode: "index", axis: "y", intersect: false }, scales: { x: axis("fall of average precision"), y: { ticks: { autoSkip: false } } },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => `${signed(item.raw)} \u00b1 ${features[item.dataIndex].deviation.toFixed(4)}`,
        afterLabel: (item) => features[item.dataIndex].definition } } } } }),
    table: () => dataTable({ caption: `Features of ${nameOfModel(model.model)}`, rows: model.features, search: true, columns: [
      textColumn("Feature", (f) => f.feature), numberColumn("Fall", (f) => f.drop, signed),
      numberColumn("Deviation", (f) => f.deviation, ratio, { help: "Over the permutations" }), textColumn("What it is", (f) => f.definition)] }),
  });
}

// Whether most values lie so close together that, drawn to scale, they would be one point.
function isSkewed(values) {
  const width = values.at(-1) - values[0], middle = values[Math.floor(values.length / 2)];
  return values.length > 4 && Math.min(middle - values[0], values.at(-1) - middle) < 0.04 * width;
}

function dependenceChart(model, feature, [low, high]) {
  const skewed = isSkewed(feature.values), last = feature.values.length - 1, place = (value, i) => (skewed ? i : value);
  const unit = feature.definition.length > 48 ? feature.feature : feature.definition || feature.feature;
  return chart({
    title: feature.feature, height: 190,
    says: `Mean probability by ${feature.feature}: from ${percent(feature.probabilities[0])} at ${brief(feature.values[0])} to ${percent(feature.probabilities.at(-1))} at ${brief(feature.values.at(-1))}`,
    build: () => ({ type: "scatter", data: { datasets: [
      line(feature.feature, feature.values.map((value, i) => ({ x: place(value, i), y: feature.probabilities[i], value })), colorOfModel(model.model), { pointRadius: 2.5 }),
      reference("", [0, last].map((i) => ({ x: place(feature.values[i], i), y: model.mean_probability })))] },
    options: { scales: { x: axis(skewed ? `${unit}, by quantile` : unit, skewed ? { min: 0, max: last, ticks: { callback: (i) => brief(feature.values[i]), precision: 0 } }
      : { ticks: { callback: (value) => brief(value), ...wholeTicks(feature.values) } }),
      y: axis("mean probability", { min: low, max: high, ticks: percentTicks }) },
    plugins: { legend: { display: false }, ...tooltipLabel((item) => `${brief(item.raw.value)}: ${percent(item.raw.y)}`) } } }),
  });
}

sections.push((doc) => {
  if (!doc.features) return null;
  const body = el("div"), models = doc.features.models;
  function open(name) {
    const model = models.find((one) => one.model === name);
    const curves = model.features.filter((feature) => feature.values.length > 1);
    const all = curves.flatMap((feature) => feature.probabilities);
    const low = Math.max(0, Math.floor(10 * Math.min(...all)) / 10), high = Math.min(1, Math.ceil(10 * Math.max(...all)) / 10);
    const importance = importanceChart(model, 15), dependence = curves.map((feature) => dependenceChart(model, feature, [low, high]));
    body.replaceChildren(importance.figure, subtitle("Dependence"),
      note("The mean probability that the model would give, if all sessions had this value of the feature and stayed as they are otherwise. Dashed: the mean as it is. All have the same scale."),
      el("div", { class: "grid small" }, dependence.map((one) => one.figure)));
    drawAll();
  }
  const preferred = doc.experiment ? ranking(doc.experiment).find((row) => !row.dummy)?.model : null;
  const first = models.find((one) => one.model === preferred)?.model ?? models[0].model;
  open(first);
  return { id: "features", title: "What the models look at", short: "Features",
    intro: `On ${counted(models[0].sessions, "session")} of the test window of batch ${doc.features.batch}, which the models had not seen. Features that say the same stand in for each other, and then both look unimportant.`,
    parts: [el("div", { class: "controls" }, choice("Model", models.map((one) => ({ value: one.model, text: nameOfModel(one.model) })), first, open)), body] };
});
