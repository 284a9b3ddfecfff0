// One model's decisions: a slider over cuts moves the confusion matrix, the measures, and a mark on every curve.
// Counts at every cut are exact, because each was counted when the document was made.
const outcomes = [
  ["true_negative", "no, rightly", "right"], ["false_positive", "yes, wrongly", "wrong"],
  ["false_negative", "no, wrongly", "wrong"], ["true_positive", "yes, rightly", "right"],
];
const profitOf = (decisions, profit) => sum(outcomes.map(([name]) => decisions[name] * profit[name]));

// `row` has sweep, calibration, threshold; `others` (of the same sessions) are drawn thin behind it.
class ThresholdPanel {
  constructor(profit) {
    this.profit = { ...profit };
    this.row = null;
    this.cells = Object.fromEntries(outcomes.map(([name, , kind]) => [name, el("td", { class: kind, "data-outcome": name })]));
    this.measures = Object.fromEntries(["precision", "recall", "f1", "accuracy", "named", "profit", "total"].map((name) => [name, el("dd", { "data-measure": name })]));
    this.slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "Cut", on: { input: () => this.moveTo(Number(this.slider.value)) } });
    this.cut = el("output", { class: "cut" });
    this.low = el("span");
    this.high = el("span");
    this.presets = el("div", { class: "controls" });
    this.charts = this.makeCharts();
    this.element = el("div", {}, this.panel(), grid(...Object.values(this.charts).map((one) => one.figure)));
  }

  panel() {
    const cell = (name) => this.cells[name];
    const confusion = el("table", { class: "confusion" }, el("caption", {}, "Decisions at this cut, in sessions"),
      el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, "called no"), el("th", { scope: "col" }, "called yes"))),
      el("tbody", {},
        el("tr", {}, el("th", { scope: "row" }, "no target"), cell("true_negative"), cell("false_positive")),
        el("tr", {}, el("th", { scope: "row" }, "target"), cell("false_negative"), cell("true_positive"))));
    const measure = (name, label) => el("div", {}, el("dt", {}, label), this.measures[name]);
    const inputs = outcomes.map(([name]) => {
      const id = newId("profit");
      return el("div", { class: "field" }, el("label", { for: id }, name.replace("_", " ")), el("input", { id, type: "number", step: "any",
        value: this.profit[name], on: { input: (event) => {
          const value = event.target.valueAsNumber;
          if (!known(value)) return;
          this.profit[name] = value;
          this.drawProfit();
          this.show();
        } } }));
    });
    return el("div", { class: "panel" },
      el("div", { class: "controls" }, el("div", {}, el("span", { class: "note" }, "A session is called \u201cyes\u201d from this probability on: "), this.cut)),
      el("div", { class: "slider" }, this.slider, el("div", { class: "ends" }, this.low, this.high)),
      this.presets,
      el("div", { class: "decisions" }, confusion,
        el("div", {}, el("dl", { class: "measures" }, measure("precision", "Precision"), measure("recall", "Recall"), measure("f1", "F1"),
          measure("accuracy", "Accuracy"), measure("named", "Called yes"), measure("profit", "Profit a session"), measure("total", "Profit in all")),
        el("fieldset", { class: "profits" }, el("legend", {}, "What one session brings, by outcome (your currency)"), inputs))));
  }

  makeCharts() {
    const spot = (data, label) => ({ ...line(label, data, color("text")), pointRadius: 6, clip: false, pointStyle: "circle", pointBackgroundColor: color("surface"), pointBorderWidth: 3, showLine: false });
    const curve = (points, axes, references, silentLabel) => ({ type: "scatter", data: { datasets: [
      spot([points(this.row, [this.at])[0]], "this cut"),
      line(this.label, points(this.row), this.stroke()),
      ...this.others.map((other) => line(other.label, points(other), withAlpha(colorOfModel(other.model), 0.7), { borderWidth: 1.25, silent: true })),
      ...references().map(([label, data]) => reference(label, data)),
    ] }, options: { scales: axes, plugins: tooltipLabel((item) => silentLabel(item.raw)) } });
    const indices = (row) => row.sweep.thresholds.map((_, i) => i);
    const recallPrecision = (row, at = indices(row)) => at.map((i) => {
      const d = decisionsAt(row.sweep, i);
      return { x: d.recall, y: d.precision, cut: d.threshold };
    }).filter((point) => at.length === 1 || point.x > 0);
    const gain = (row, at = indices(row)) => at.map((i) => {
      const d = decisionsAt(row.sweep, i);
      return { x: d.named, y: d.recall, cut: d.threshold };
    });
    const base = () => (this.row.sweep.sessions === 0 ? 0 : this.row.sweep.positives / this.row.sweep.sessions);
    return {
      precision: chart({ title: "Precision and recall", says: "",
        table: () => this.cutTable(),
        build: () => curve(recallPrecision, { x: shareAxis("recall: share of targets found"), y: shareAxis("precision") },
          () => [["by chance", [{ x: 0, y: base() }, { x: 1, y: base() }]]], (p) => `cut ${ratio(p.cut)}: precision ${percent(p.y)}, recall ${percent(p.x)}`) }),
      gain: chart({ title: "Gain: how many sessions to name, to find how many targets", says: "",
        build: () => curve(gain, { x: shareAxis("share of sessions called yes"), y: shareAxis("share of targets found") },
          () => [["by chance", [{ x: 0, y: 0 }, { x: 1, y: 1 }]], ["perfect", [{ x: 0, y: 0 }, { x: base(), y: 1 }, { x: 1, y: 1 }]]],
          (p) => `cut ${ratio(p.cut)}: ${percent(p.x)} of sessions, ${percent(p.y)} of targets`) }),
      profit: chart({ title: "Profit by cut", says: "", build: () => ({ type: "scatter", data: { datasets: [
        spot([{ x: decisionsAt(this.row.sweep, this.at).threshold, y: this.profitAt(this.at) }], "this cut"),
        line("profit a session", indices(this.row).map((i) => ({ x: this.row.sweep.thresholds[i], y: this.profitAt(i) })), this.stroke(), { stepped: "after" }),
        reference("no to all", [{ x: 0, y: this.profitOfNone() }, { x: 1, y: this.profitOfNone() }]),
      ] }, options: { scales: { x: axis("cut", { min: 0, max: 1 }), y: axis("profit a session") },
        plugins: tooltipLabel((item) => `cut ${ratio(item.raw.x)}: ${brief(item.raw.y)} a session`) } }) }),
      calibration: chart({ title: "Calibration: what a probability turns out to mean", says: "", table: () => this.calibrationTable(),
        build: () => {
          const bins = this.row.calibration.bins, most = Math.max(1, ...bins.map((bin) => bin.sessions));
          const above = (bin) => bin.mean_probability >= this.row.sweep.thresholds[this.at];
          return { type: "scatter", data: { datasets: [
            { ...line(this.label, bins.map((bin) => ({ x: bin.mean_probability, y: bin.observed, bin })), this.stroke()),
              clip: false, pointStyle: "circle", pointRadius: bins.map((bin) => 3 + 9 * Math.sqrt(bin.sessions / most)),
              pointBackgroundColor: bins.map((bin) => (above(bin) ? this.stroke() : color("surface"))), pointBorderWidth: 2 },
            line("this cut", [{ x: this.row.sweep.thresholds[this.at], y: 0 }, { x: this.row.sweep.thresholds[this.at], y: 1 }], color("text"), { borderWidth: 1.25, silent: true }),
            reference("perfect", [{ x: 0, y: 0 }, { x: 1, y: 1 }]),
          ] }, options: { scales: { x: shareAxis("mean probability given"), y: shareAxis("share with a target") },
            plugins: tooltipLabel((item) => `${counted(item.raw.bin?.sessions ?? 0, "session")}: given ${percent(item.raw.x)}, observed ${percent(item.raw.y)}`) } };
        } }),
    };
  }

  stroke() { return colorOfModel(this.row.model); }
  profitAt(i) { return profitOf(decisionsAt(this.row.sweep, i), this.profit) / this.row.sweep.sessions; }
  profitOfNone() {
    const { positives, sessions } = this.row.sweep;
    return (positives * this.profit.false_negative + (sessions - positives) * this.profit.true_negative) / sessions;
  }

  // `presets` are {text, threshold}; the first is where the slider begins.
  open(row, label, others, presets) {
    Object.assign(this, { row, label, others });
    const last = row.sweep.thresholds.length - 1;
    this.slider.max = last;
    this.low.textContent = ratio(row.sweep.thresholds[last]);
    this.high.textContent = ratio(row.sweep.thresholds[0]);
    this.presets.replaceChildren(...presets.map(({ text, threshold }) => {
      const place = this.placeOf(threshold);
      const button = el("button", { type: "button", class: "quiet", on: { click: () => this.moveTo(place) } }, text);
      button.place = place;
      return button;
    }));
    this.moveTo(this.placeOf(presets[0].threshold));
  }
  // The slider runs from the lowest cut to the highest; the document has them the other way.
  placeOf(threshold) {
    const { thresholds } = this.row.sweep;
    let nearest = 0;
    thresholds.forEach((other, i) => { if (Math.abs(other - threshold) < Math.abs(thresholds[nearest] - threshold)) nearest = i; });
    return thresholds.length - 1 - nearest;
  }
  moveTo(place) {
    this.slider.value = place;
    this.at = this.row.sweep.thresholds.length - 1 - place;
    this.show();
    const d = decisionsAt(this.row.sweep, this.at), at = `${this.label} at the cut ${ratio(d.threshold)}`;
    this.charts.precision.update(`Precision against recall. ${at}: precision ${percent(d.precision)}, recall ${percent(d.recall)}`);
    this.charts.gain.update(`Share of targets found against share of sessions called yes. ${at}: ${percent(d.recall)} of targets in ${percent(d.named)} of sessions`);
    this.charts.calibration.update(`Observed share of targets against mean probability, by bin. Expected calibration error ${ratio(this.row.calibration.expected_calibration_error)}`);
    this.drawProfit();
  }
  drawProfit() {
    this.charts.profit.update(`Profit a session by cut. ${this.label} at the cut ${ratio(this.row.sweep.thresholds[this.at])}: ${brief(this.profitAt(this.at))}`);
  }
  show() {
    const d = decisionsAt(this.row.sweep, this.at), { sessions } = this.row.sweep;
    for (const [name, words] of outcomes) {
      this.cells[name].replaceChildren(whole(d[name]), el("small", {}, `${words}, ${percent(d[name] / sessions)}`));
      this.cells[name].dataset.count = d[name];
    }
    const profit = profitOf(d, this.profit);
    const texts = { precision: percent(d.precision), recall: percent(d.recall), f1: ratio(d.f1), accuracy: percent(d.accuracy),
      named: percent(d.named), profit: brief(profit / sessions), total: brief(profit) };
    for (const [name, text] of Object.entries(texts)) this.measures[name].textContent = text;
    this.cut.textContent = ratio(d.threshold);
    this.cut.dataset.threshold = d.threshold;
    this.slider.setAttribute("aria-valuetext", `cut ${ratio(d.threshold)}: precision ${percent(d.precision)}, recall ${percent(d.recall)}`);
    for (const button of this.presets.children) button.setAttribute("aria-pressed", String(button.place === Number(this.slider.value)));
  }

  cutTable() {
    const rows = this.row.sweep.thresholds.map((_, i) => decisionsAt(this.row.sweep, i));
    return dataTable({ caption: `Cuts of ${this.label}`, rows, shown: 15, columns: [
      numberColumn("Cut", (d) => d.threshold, ratio), numberColumn("Precision", (d) => d.precision, percent),
      numberColumn("Recall", (d) => d.recall, percent), numberColumn("F1", (d) => d.f1, ratio),
      numberColumn("Called yes", (d) => d.named, percent), numberColumn("True positive", (d) => d.true_positive, whole),
      numberColumn("False positive", (d) => d.false_positive, whole)] });
  }
  calibrationTable() {
    return dataTable({ caption: `Calibration of ${this.label}`, rows: this.row.calibration.bins, columns: [
      numberColumn("From", (bin) => bin.low, ratio), numberColumn("To", (bin) => bin.high, ratio),
      numberColumn("Sessions", (bin) => bin.sessions, whole), numberColumn("Mean probability", (bin) => bin.mean_probability, percent),
      numberColumn("Observed", (bin) => bin.observed, percent)] });
  }
}

sections.push((doc) => {
  const rows = doc.experiment?.rows.filter((row) => row.sweep) ?? [];
  if (rows.length === 0) return null;
  const panel = new ThresholdPanel(doc.experiment.goal.profit);
  const best = ranking(doc.experiment).find((row) => !row.dummy)?.model ?? rows[0].model;
  const state = { batch: rows.at(-1).batch, model: best };
  const told = el("p", { class: "note" });
  const { goal } = doc.experiment;
  const purposes = { f_beta: goal.beta === 1 ? "the highest F1" : `the highest F-beta, beta ${goal.beta}`, precision_at_recall: `the highest precision at a recall of ${percent(goal.recall)}`,
    recall_at_precision: `the highest recall at a precision of ${percent(goal.precision)}`, profit: "the highest profit" };
  function open() {
    const row = rows.find((one) => one.batch === state.batch && one.model === state.model) ?? rows.find((one) => one.batch === state.batch);
    const others = rows.filter((one) => one.batch === row.batch && one !== row && !one.dummy).map((one) => ({ ...one, label: nameOfModel(one.model) }));
    const interval = `${ratio(row.tested.value)} on the test window, ${percent(goal.confidence).replace(".0", "")} interval ${ratio(row.tested.low)} to ${ratio(row.tested.high)}`;
    told.textContent = `The tuned cut ${ratio(row.threshold)} was chosen for ${purposes[goal.name] ?? goal.name}: ${interval}. The best cut in hindsight, ${ratio(row.best_threshold)}, `
      + `would have added ${ratio(row.regret)}.${row.guard_held ? " 0.5 was kept, because the tuned cut was not better by more than its bootstrap error." : ""}`;
    panel.open(row, nameOfModel(row.model), others, [{ text: "Tuned cut", threshold: row.threshold }, { text: "0.5", threshold: 0.5 },
      { text: "Best in hindsight", threshold: row.best_threshold }]);
  }
  const controls = el("div", { class: "controls" },
    choice("Batch", distinct(rows.map((row) => row.batch)).map((value) => ({ value, text: value })), state.batch, (value) => { state.batch = value; open(); }),
    choice("Model", distinct(rows.map((row) => row.model)).map((value) => ({ value, text: nameOfModel(value) })), state.model, (value) => { state.model = value; open(); }));
  open();
  return { id: "decisions", title: "Decisions and their cut", short: "Decisions",
    intro: "Choose a batch and a model, then move the cut: every number and every mark below moves with it.", parts: [controls, told, panel.element] };
});
