// What a careless evaluation claims, and what the same model then does.
const pitfallNames = { naive: "Naive", f1: "F1, not accuracy", missing: "Missing values kept", event_types: "No event types", window: "First events only",
  time: "Split by time", cut: "Tuned cut" };

sections.push((doc) => {
  const p = doc.pitfalls;
  if (!p || p.steps.length === 0) return null;
  const names = p.steps.map((step) => pitfallNames[step.name] ?? step.name), first = p.steps[0], last = p.steps.at(-1);
  const bars = chart({
    title: "F1: claimed by each way to evaluate, and found later", height: 320, wide: true,
    says: `Claimed and later F1 of each way to evaluate: ${p.steps.map((step, i) => `${names[i]} ${ratio(step.claimed.f1)} against ${ratio(step.later.f1)}`).join("; ")}`,
    build: () => ({ type: "bar", data: { labels: names.map((name) => name.split(" ")), datasets: [
      { label: "claimed on the sessions that it sets aside itself", data: p.steps.map((step) => step.claimed.f1), backgroundColor: color("series-muted"), pointStyle: "rect" },
      { label: "on later sessions, when the model is called", data: p.steps.map((step) => step.later.f1), backgroundColor: color("series-1"), pointStyle: "rect" }] },
    options: { interaction: { mode: "index", intersect: false }, scales: { y: axis("F1", { min: 0, max: 1 }) },
      plugins: { tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${ratio(item.raw)}` } } } } }),
    table: () => dataTable({ caption: "Ways to evaluate, means over the batches", rows: p.steps.map((step, i) => ({ ...step, title: names[i] })), columns: [
      textColumn("Way", (s) => s.title), numberColumn("Claimed F1", (s) => s.claimed.f1, ratio), numberColumn("Later F1", (s) => s.later.f1, ratio),
      numberColumn("Gap", (s) => s.gap, signed), numberColumn("Claimed accuracy", (s) => s.claimed.accuracy, percent), numberColumn("Later accuracy", (s) => s.later.accuracy, percent),
      numberColumn("Claimed AUC", (s) => s.claimed.roc_auc, ratio), numberColumn("Later AUC", (s) => s.later.roc_auc, ratio),
      numberColumn("Claimed sessions", (s) => s.claimed.sessions, whole), numberColumn("Later sessions", (s) => s.later.sessions, whole)] }),
  });
  const claim = first.headline === "accuracy" ? `an accuracy of ${percent(first.claimed.accuracy)}` : `F1 ${ratio(first.claimed.f1)}`;
  return { id: "pitfalls", title: "Careless and honest", intro: `${nameOfModel(p.model)}, ${counted(p.window, "event")} a window, ${counted(p.batches.length, "batch", "batches")}.`, parts: [
    paragraph(`A careless evaluation of this model claims ${claim}; called on later sessions, that model has F1 ${ratio(first.later.f1)}. Mended step by step, the claim becomes `
      + `F1 ${ratio(last.claimed.f1)}, and the model has ${ratio(last.later.f1)}.`),
    bars.figure, subtitle("What each step mends"), el("ol", { class: "steps" }, p.steps.map((step, i) => el("li", {}, el("strong", {}, names[i]), `: ${step.story}`)))] };
});
