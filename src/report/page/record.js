// What it all stands on: the account of the data, the audit, the run itself, and what is not on this page.
sections.push((doc) => {
  if (!doc.audit) return null;
  const a = doc.audit, w = a.work;
  const parts = [paragraph(a.passed ? el("span", { class: "verdict good" }, "Passed: nothing that was tried looks ahead.")
    : el("span", { class: "verdict bad" }, `Failed: ${counted(a.findings.length, "leak")} found.`)),
  paragraph(`${counted(w.folds, "fold")}, ${counted(w.recipes, "way")} to make columns. ${whole(w.events_changed)} events were altered, inserted, deleted or moved in ${whole(w.draws_fitted)} draws: `
    + `what is later than the end of training changed nothing that was fitted (${counted(w.models_fitted, "model")} fitted again), and in ${whole(w.draws_features)} draws what is later than a session's window `
    + `changed none of its features (${whole(w.rows_compared)} rows compared).`)];
  if (a.findings.length > 0) parts.push(dataTable({ caption: "Leaks", rows: a.findings, columns: [textColumn("What", (f) => f.what), textColumn("Batch", (f) => f.batch), textColumn("Fold", (f) => f.fold),
    textColumn("Change", (f) => f.change), textColumn("Columns", (f) => f.features.join(", ")), textColumn("Was", (f) => f.before), textColumn("Became", (f) => f.after), textColumn("Event", (f) => f.event)] }));
  if (a.notes.length > 0) parts.push(dataTable({ caption: "Worth a look in the data (no leak)", rows: a.notes, search: true, shown: 12, columns: [textColumn("Batch", (n) => n.batch), textColumn("Check", (n) => n.check.replaceAll("_", " ")),
    textColumn("Name", (n) => n.name ?? none), numberColumn("Value", (n) => n.value, brief), textColumn("Suspicious", (n) => (n.suspicious ? "yes" : "")), textColumn("In words", (n) => n.text)] }));
  return { id: "audit", title: "Audit", intro: "Proofs on these data that nothing sees the future.", parts };
});

sections.push((doc) => {
  if (!doc.account || doc.account.length === 0) return null;
  return { id: "account", title: "Account of the data", short: "Account", intro: "Nothing is dropped silently: what was read, rejected, missing, unseen or left out, and why.",
    parts: [dataTable({ caption: "Account", rows: doc.account, search: true, shown: 40, columns: [textColumn("What", (entry) => entry.name), numberColumn("Count", (entry) => entry.count, whole), textColumn("Note", (entry) => entry.note)] })] };
});

const partNames = { exploration: "a look at the log", features: "importance and dependence of features", errors: "errors: weak segments and worst misses", pitfalls: "careless against honest evaluation",
  audit: "the audit", earliness: "how early to call the model" };

sections.push((doc) => {
  const made = doc.made, parts = [
    dataTable({ caption: "Data", rows: made.files, columns: [textColumn("File", (file) => file.name), numberColumn("Size", (file) => file.bytes, bytes), textColumn("XXH3 of its bytes", (file) => file.hash ?? "not a file that can be read twice")] }),
    el("ul", {}, el("li", {}, "Command: ", code(`intent_cli ${made.command}`)), el("li", {}, `Library: Cartwheel ${made.library}`), el("li", {}, `Seed: ${made.seed}`),
      el("li", {}, made.ids === "hashed" ? "Ids are hashed with a key that is not on this page." : "Ids, where there are any, are as in the log."), el("li", {}, `Document: schema ${doc.schema}, version ${doc.version}`))];
  if (made.files_not_shown > 0) parts.splice(1, 0, note(`${counted(made.files_not_shown, "more file")} not listed.`));
  if (made.config !== "") parts.push(subtitle("Configuration"), el("pre", { tabindex: "0", role: "region", "aria-label": "Configuration" }, made.config));
  if (doc.absent.length > 0) parts.push(subtitle("Not on this page"), el("ul", {}, doc.absent.map(({ part, how }) => el("li", {}, `${partNames[part] ?? part}: `, code(how)))));
  return { id: "run", title: "How this was made", short: "Run", intro: "The same data, configuration and seed give the same page.", parts };
});
