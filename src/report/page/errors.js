// Where models are wrong, back to the raw events.
function eventTable(session) {
  let before = null;
  const rows = session.events.map((event) => {
    const time = timeOf(event.time), pause = before === null ? null : (time - before) / 1000;
    before = time;
    return { ...event, pause };
  });
  return el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `Events of session ${session.session}` }, el("table", {},
    el("thead", {}, el("tr", {}, ["Time (UTC)", "After", "Event", "Product", "Category", "Brand", "Price", "Seen by the model"].map((name) =>
      el("td", { class: "note" }, name)))),
    el("tbody", {}, rows.map((event) => el("tr", { class: event.in_window ? null : "later" },
      el("td", {}, event.time.slice(0, 19)), el("td", { class: "number" }, event.pause === null ? "" : duration(event.pause)), el("td", {}, event.type.replaceAll("_", " ")),
      el("td", {}, event.product ?? none), el("td", {}, event.category_code ?? event.category_id ?? none), el("td", {}, event.brand ?? none),
      el("td", { class: "number" }, known(event.price) ? event.price.toFixed(2) : none), el("td", {}, event.in_window ? "yes" : "no, later"))))));
}

const wrongSessions = (sessions, verdict) => sessions.map((session, i) => el("details", { class: "session", open: i === 0 },
  el("summary", {}, `Session ${session.session}, ${session.start.slice(0, 16)}: probability ${percent(session.probability)}, ${verdict}`), eventTable(session)));

function driftChart(model) {
  return chart({
    title: "Day by day: what was expected, and what happened", height: 240, wide: true,
    says: `Mean probability and observed share of targets of ${nameOfModel(model.model)} in ${model.periods.length} stretches of time`,
    build: () => ({ type: "line", data: { labels: model.periods.map((period) => dayOf(period.from)), datasets: [
      line("mean probability", model.periods.map((period) => period.mean_probability), color("series-muted"), { borderDash: [5, 4] }),
      line("share with a target", model.periods.map((period) => period.observed), colorOfModel(model.model), { pointRadius: 2.5 }),
      line("wrong decisions", model.periods.map((period) => period.error_rate), color("bad"), { borderWidth: 1.5 })] },
    options: { interaction: { mode: "index", intersect: false }, scales: { x: { title: { text: "day (UTC)" } }, y: axis("share of sessions", { min: 0, ticks: percentTicks }) },
      plugins: { tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${percent(item.raw)}`,
        footer: (items) => counted(model.periods[items[0].dataIndex].sessions, "session") } } } } }),
  });
}

sections.push((doc) => {
  const errors = doc.errors;
  if (!errors || errors.models.length === 0) return null;
  const body = el("div");
  function open(name) {
    const model = errors.models.find((one) => one.model === name), c = model.confusion, all = model.all;
    const segments = model.segments.length > 0
      ? dataTable({ caption: "Weak segments: where it is wrong more often than elsewhere", rows: model.segments, columns: [
        textColumn("Sessions where", (s) => s.rule), numberColumn("Errors", (s) => s.measured.error_rate, percent),
        numberColumn("Times the average", (s) => s.lift, (value) => `${value.toFixed(2)}\u00d7`), numberColumn("Sessions", (s) => s.sessions, whole),
        numberColumn("Mean probability", (s) => s.measured.mean_probability, percent), numberColumn("With a target", (s) => s.measured.observed, percent)] })
      : note(`No weak segment: ${model.no_segments}.`);
    const drift = model.periods.length > 1 ? driftChart(model) : null;
    body.replaceChildren(
      cards(card("Wrong decisions", percent(all.error_rate), `of ${counted(all.sessions, "session")}`),
        card("Wrongly yes", whole(c.false_positive), `of ${whole(all.yes)} called yes`),
        card("Wrongly no", whole(c.false_negative), `of ${whole(all.positives)} with a target`),
        card("Profit a session", brief(model.profit.tuned), `${brief(model.profit.yes_to_all)} by yes to all, ${brief(model.profit.no_to_all)} by no to all`)),
      segments, note("Segments were found on every second session and measured on the others, so luck shows no lift."),
      drift?.figure ?? "",
      subtitle("Worst wrong yes"), ...(model.false_positives.length > 0 ? wrongSessions(model.false_positives, "no target came") : [note("None.")]),
      subtitle("Worst wrong no"), ...(model.false_negatives.length > 0 ? wrongSessions(model.false_negatives, "a target came") : [note("None.")]));
    drawAll();
  }
  const preferred = doc.experiment ? ranking(doc.experiment).find((row) => !row.dummy)?.model : null;
  const first = errors.models.find((one) => one.model === preferred)?.model ?? errors.models[0].model;
  open(first);
  return { id: "errors", title: "Where the models are wrong", short: "Errors",
    intro: `${counted(errors.sessions, "session")} from ${dayOf(errors.first_start)} to ${dayOf(errors.last_start)}, each decision at the tuned cut. Times are UTC${report.made.ids === "hashed" ? "; session ids are hashed" : ""}.`,
    parts: [el("div", { class: "controls" }, choice("Model", errors.models.map((one) => ({ value: one.model, text: nameOfModel(one.model) })), first, open)), body] };
});
