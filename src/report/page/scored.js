// What one model said of a log (intent_cli predict --html).
sections.push((doc) => {
  const s = doc.scored;
  if (!s) return null;
  const intro = `${nameOfModel(s.model)}, at its cut ${ratio(s.threshold)}.`;
  if (s.sessions === 0) return { id: "scored", title: "Scores", intro, parts: [note("No session of this log has enough events for the model's window, so there is nothing to score.")] };
  const bins = s.histogram.length;
  const parts = [
    s.learned_from > 0 ? el("p", { class: "warning" }, `${counted(s.learned_from, "session")} started before the end of the model's training, which may have learned from them: what is said of them looks better than it is.`) : "",
    cards(card("Sessions scored", whole(s.sessions), ""), card("Called yes", percent(s.yes / s.sessions), counted(s.yes, "session")), card("Mean probability", percent(s.mean_probability), ""),
      card("With a known label", whole(s.labelled), s.judged ? `${percent(s.judged.sweep.positives / s.labelled)} with a target` : "so nothing can be judged yet")),
    chart({ title: "Sessions by probability", wide: true, says: `Histogram of probabilities in ${bins} bins; the cut is ${ratio(s.threshold)}`,
      build: () => ({ type: "bar", data: { labels: s.histogram.map((_, i) => ((i + 0.5) / bins).toFixed(3)), datasets: [{ label: "sessions", data: s.histogram, categoryPercentage: 1, barPercentage: 0.92,
        backgroundColor: s.histogram.map((_, i) => ((i + 1) / bins > s.threshold ? color("series-1") : color("series-muted"))) }] },
      options: { interaction: { mode: "index", intersect: false }, scales: { x: { title: { text: "probability (blue: called yes)" }, ticks: { callback: (_, i) => (i % 10 === 0 ? (i / bins).toFixed(2) : "") , autoSkip: false } }, y: axis("sessions") },
        plugins: { legend: { display: false }, tooltip: { callbacks: { title: (items) => `${(items[0].dataIndex / bins).toFixed(3)} to ${((items[0].dataIndex + 1) / bins).toFixed(3)}`, label: (item) => counted(item.raw, "session") } } } } }),
      table: () => dataTable({ caption: "Probabilities", rows: s.histogram.map((count, i) => ({ low: i / bins, count })), shown: 40, columns: [numberColumn("From", (row) => row.low, (value) => value.toFixed(3)), numberColumn("Sessions", (row) => row.count, whole)] }) }).figure,
  ];
  if (s.days.length > 1) parts.push(chart({ title: "Day by day", wide: true, height: 220, says: `Mean probability and share called yes on ${s.days.length} days`,
    build: () => ({ type: "line", data: { labels: s.days.map((day) => day.day), datasets: [
      line("mean probability", s.days.map((day) => day.mean_probability), color("series-1")), line("called yes", s.days.map((day) => day.yes / day.sessions), color("series-2"))] },
    options: { interaction: { mode: "index", intersect: false }, scales: { x: { title: { text: "day (UTC)" } }, y: axis("share of sessions", { min: 0, ticks: percentTicks }) },
      plugins: { tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${percent(item.raw)}` } } } } }) }).figure);
  if (s.judged) {
    const panel = new ThresholdPanel({ true_negative: 0, false_positive: -1, false_negative: 0, true_positive: 1 });
    panel.open({ model: s.model, threshold: s.threshold, ...s.judged }, nameOfModel(s.model), [], [{ text: "The model's cut", threshold: s.threshold }, { text: "0.5", threshold: 0.5 }]);
    parts.push(subtitle("Where the label is known"), cards(card("Average precision", ratio(s.judged.average_precision), ""), card("ROC AUC", ratio(s.judged.roc_auc), s.judged.roc_auc === null ? "undefined: one class alone" : "0.5 by chance"),
      card("Log loss", ratio(s.judged.log_loss), "lower is better"), card("Brier score", ratio(s.judged.brier), "lower is better")), panel.element);
  }
  return { id: "scored", title: "Scores", intro, parts };
});
