// A look at the log: how often what happens, when, and what tells of the label.
function ratioViewer(ratios) {
  const names = Object.keys(ratios), body = el("div");
  const shown = (name) => (name.startsWith("category_level_") ? `Category, level ${name.slice(15)}` : name[0].toUpperCase() + name.slice(1));
  function open(name) {
    const table = ratios[name];
    body.replaceChildren(dataTable({
      caption: `${shown(name)}: views, carts, purchases`, rows: table.rows, filters: true, search: true, shown: 15, sort: { column: 1, down: true },
      columns: [textColumn(shown(name), (row) => row.name ?? "(missing)"), numberColumn("Views", (row) => row.view_count, whole),
        numberColumn("Carts", (row) => row.cart_count, whole), numberColumn("Purchases", (row) => row.purchase_count, whole),
        numberColumn("Carts a view", (row) => row.cart_ratio, percent),
        numberColumn("95% from", (row) => row.cart_ratio_low, percent), numberColumn("to", (row) => row.cart_ratio_high, percent)],
    }), ...(table.not_shown + table.left_out > 0
      ? [note(`${counted(table.not_shown + table.left_out, "name")} viewed less often ${table.not_shown + table.left_out === 1 ? "is" : "are"} left out; intent_cli eda --format csv has them all.`)] : []));
  }
  open(names[0]);
  return [el("div", { class: "controls" }, choice("Table", names.map((value) => ({ value, text: shown(value) })), names[0], open)), body];
}

function seasonCharts(seasons) {
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const season = (title, rows, label, unit, more = {}) => chart({
    title, says: `${title}; most sessions at ${label(rows.reduce((most, row) => (row.sessions > most.sessions ? row : most)))}`, ...more,
    build: () => ({ type: "bar", data: { labels: rows.map(label), datasets: [
      { type: "line", label: "label rate (right)", data: rows.map((row) => row.label_rate), yAxisID: "y2", borderColor: color("series-2"), backgroundColor: color("series-2"),
        borderWidth: 2, pointStyle: rows.length > 40 ? "line" : "circle", pointRadius: rows.length > 40 ? 0 : 2.5 },
      { label: "sessions (left)", data: rows.map((row) => row.sessions), backgroundColor: color("train"), pointStyle: "rect", categoryPercentage: 0.9, barPercentage: 0.9 }] },
    options: { interaction: { mode: "index", intersect: false }, scales: { x: { title: { text: unit }, grid: { display: false } },
      y: axis("sessions that begin", { beginAtZero: true, ticks: { callback: (value) => (value >= 10000 ? `${value / 1000}k` : whole(value)) } }),
      y2: { ...axis("label rate", { min: 0, grace: "10%", ticks: { callback: (value) => `${Math.round(100 * value)}\u202f%` } }), position: "right", grid: { display: false } } },
    plugins: { tooltip: { callbacks: { label: (item) => `${item.dataset.label.replace(/ \(.*/, "")}: ${item.dataset.yAxisID === "y2" ? percent(item.raw) : whole(item.raw)}` } } } } }),
    table: () => dataTable({ caption: title, rows, columns: [textColumn(unit, label), numberColumn("Events", (row) => row.events, whole), numberColumn("Sessions", (row) => row.sessions, whole),
      numberColumn("Labelled", (row) => row.labelled, whole), numberColumn("Positives", (row) => row.positives, whole), numberColumn("Label rate", (row) => row.label_rate, percent)] }),
  });
  return [season("Sessions by day", seasons.days, (row) => row.day, "day (UTC)", { wide: true }).figure,
    grid(season("By weekday", seasons.weekdays, (row) => days[row.weekday], "weekday (UTC)").figure, season("By hour", seasons.hours, (row) => String(row.hour), "hour of the day (UTC)").figure)];
}

function sizeChart(sizes) {
  return chart({
    title: "How far a window of the first events reaches", says: "Share of sessions, and of first targets, that a window of so many events reaches",
    build: () => ({ type: "scatter", data: { datasets: [
      line("sessions with as many events", sizes.map((row) => ({ x: row.size, y: row.share_of_sessions })), color("series-1"), { pointRadius: 2.5 }),
      line("first targets within them", sizes.map((row) => ({ x: row.size, y: row.share_of_first_targets })), color("series-2"), { pointRadius: 2.5 })] },
    options: { scales: { x: axis("events in the window", { ticks: { precision: 0 } }), y: shareAxis("share") },
      plugins: tooltipLabel((item) => `${item.dataset.label} (${item.raw.x}): ${percent(item.raw.y)}`) } }),
    table: () => dataTable({ caption: "Session sizes", rows: sizes, columns: [numberColumn("Events", (row) => row.size, whole), numberColumn("Sessions of this size", (row) => row.sessions, whole),
      numberColumn("Sessions reached", (row) => row.share_of_sessions, percent), numberColumn("Targets reached", (row) => row.share_of_targets, percent),
      numberColumn("First targets reached", (row) => row.share_of_first_targets, percent)] }),
  });
}

function associationChart(features) {
  const rows = [...features.rows].sort((a, b) => b.mutual_information_bits - a.mutual_information_bits).slice(0, 15);
  return chart({
    title: "What features tell of the label", height: 60 + 22 * rows.length,
    says: `Mutual information of features with the label, in bits; the first are ${listed(rows.slice(0, 3).map((row) => row.feature))}`,
    build: () => ({ type: "bar", data: { labels: rows.map((row) => row.feature), datasets: [{ label: "bits", data: rows.map((row) => row.mutual_information_bits), backgroundColor: color("series-1"), barThickness: 12 }] },
      options: { indexAxis: "y", interaction: { mode: "index", axis: "y", intersect: false }, scales: { x: axis(`mutual information, in bits of ${brief(features.label_entropy_bits)}`, { ticks: { callback: (value) => brief(value) } }), y: { ticks: { autoSkip: false } } },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => `${item.raw.toFixed(4)} bits, correlation ${signed(rows[item.dataIndex].pearson)}` } } } } }),
    table: () => dataTable({ caption: "Features and the label", rows: features.rows, sort: { column: 1, down: true }, columns: [textColumn("Feature", (row) => row.feature),
      numberColumn("Mutual information (bits)", (row) => row.mutual_information_bits, ratio), numberColumn("Correlation", (row) => row.pearson, signed), numberColumn("Missing", (row) => row.missing, whole)] }),
  });
}

function anomalies(exploration) {
  const names = { exact_repeats: "events that repeat an earlier one in every column", negative_prices: "negative prices", zero_prices: "prices of 0", out_of_order: "events out of order",
    without_session: "events without a session", several_users: "sessions of several users", over_a_day: "sessions of more than a day", purchase_before_cart: "purchases without a cart before" };
  const rows = [...Object.entries(exploration.missing).map(([column, missing]) => ({ what: `missing ${column.replaceAll("_", " ")}`, count: missing.events, share: missing.share })),
    ...Object.entries(exploration.anomalies).map(([key, count]) => ({ what: names[key] ?? key, count, share: null }))];
  return dataTable({ caption: "Missing, and worth a look", rows, columns: [textColumn("What", (row) => row.what), numberColumn("Count", (row) => row.count, whole), numberColumn("Of all events", (row) => row.share, percent)] });
}

function distributions(exploration) {
  const rows = [["Events a session", exploration.events_per_session, whole], ["Duration of a session", exploration.duration_seconds, duration], ["Pause between events", exploration.gap_seconds, duration]]
    .map(([what, distribution, format]) => ({ what, distribution, format }));
  const at = (row, share) => row.distribution.quantiles.find((quantile) => quantile.share === share)?.value;
  return dataTable({ caption: "Sessions in quantiles", rows, columns: [textColumn("What", (row) => row.what),
    { ...numberColumn("Mean", (row) => row.distribution.mean, brief), show: (row) => (row.format === whole ? brief(row.distribution.mean) : row.format(row.distribution.mean)) },
    ...[[0.05, "5%"], [0.25, "25%"], [0.5, "Half"], [0.75, "75%"], [0.95, "95%"], [0.99, "99%"], [1, "Most"]].map(([share, name]) =>
      ({ name, kind: "number", value: (row) => at(row, share), show: (row) => row.format(at(row, share)) }))] });
}

sections.push((doc) => {
  const e = doc.exploration;
  if (!e) return null;
  const o = e.overview;
  if (o.events === 0) return { id: "exploration", title: "The log", parts: [note("The log holds no events, so there is nothing to look at.")] };
  const labels = Object.entries(e.labels).map(([name, label]) => ({ name, ...label }));
  const parts = [
    cards(card("Events", whole(o.events), `${listed(Object.entries(e.event_types).filter(([, count]) => count > 0).map(([type, count]) => `${percent(count / o.events)} ${type.replaceAll("_", " ")}`))}`),
      card("Sessions", whole(o.sessions), `${brief(e.events_per_session.mean)} events each`), card("Users", whole(o.users), ""), card("Products", whole(o.products), `${counted(o.brands, "brand")}`),
      card("Days", whole(o.days), `${dayOf(o.first_time)} to ${dayOf(o.last_time)}`)),
    subtitle("Label balance"), dataTable({ caption: "By definition of the label", rows: labels, columns: [textColumn("Label", (row) => row.name), numberColumn("Sessions", (row) => row.sessions, whole),
      numberColumn("Positives", (row) => row.positives, whole), numberColumn("Rate", (row) => row.rate, percent), numberColumn("Too short", (row) => row.too_short, whole),
      numberColumn("Target in the window", (row) => row.target_in_window, whole), numberColumn("Label not complete", (row) => row.incomplete, whole)] }),
    subtitle("Categories, brands, products"), ...ratioViewer(e.ratios), subtitle("Seasons"), ...seasonCharts(e.seasons)];
  if (e.seasons.days_not_shown > 0) parts.push(note(`The last ${whole(e.seasons.days.length)} days are drawn; ${counted(e.seasons.days_not_shown, "day")} came before.`));
  parts.push(subtitle("Sessions"), grid(sizeChart(e.session_sizes.sizes).figure, e.features.rows.length > 0 ? associationChart(e.features).figure : ""), distributions(e), anomalies(e));
  return { id: "exploration", title: "The log", short: "Exploration", intro: "All events, before any model.", parts };
});
