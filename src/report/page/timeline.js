// When each batch trains, validates and tests, to scale; rows purged because their label came too late.
function timeline(batches) {
  const begin = Math.min(...batches.map((batch) => timeOf(batch.train[0])));
  const end = Math.max(...batches.map((batch) => timeOf(batch.test[1])));
  const place = (time) => (100 * (time - begin)) / (end - begin);
  const part = (kind, from, to, title) => el("i", { class: kind, title, css: { left: `${place(from)}%`, width: `${place(to) - place(from)}%` } });

  function track(fold, held) {
    const [trainBegin, trainEnd] = fold.train.map(timeOf), [heldBegin, heldEnd] = fold.validation.map(timeOf);
    const rows = fold.train_rows + fold.purged;
    const purged = rows === 0 ? 0 : Math.max((trainEnd - trainBegin) * (fold.purged / rows), (end - begin) * 0.004);
    return el("div", { class: "track" },
      part("train", trainBegin, trainEnd, `train: ${counted(fold.train_rows, "session")}`),
      fold.purged > 0 ? part("purged", trainEnd - purged, trainEnd, `${counted(fold.purged, "session")} purged`) : null,
      heldBegin > trainEnd ? part("gap", trainEnd, heldBegin, "gap") : null,
      part(held, heldBegin, heldEnd, `${held}: ${counted(fold.validation_rows, "session")}`));
  }
  const rows = batches.flatMap((batch) => [
    ...batch.folds.map((fold, i) => el("div", { class: i === 0 ? "row first" : "row" },
      el("span", {}, i === 0 ? batch.name : ""), track(fold, "validation"))),
    el("div", { class: batch.folds.length === 0 ? "row first" : "row" }, el("span", {}, "final fit"), track(batch.final, "test")),
  ]);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    el("b", { css: { left: `${100 * share}%` } }, new Date(begin + share * (end - begin)).toISOString().slice(share === 0 || share === 1 ? 0 : 5, 10)));
  const key = el("ul", { class: "key" }, [["train", "train"], ["purged", "purged (width by their share of rows)"], ["gap", "gap"],
    ["validation", "validation: chooses parameters and cut"], ["test", "test: judges once"]].map(([kind, text]) =>
    el("li", {}, el("i", { class: kind }), text)));
  return el("div", { class: "timeline" }, key,
    el("div", { role: "img", "aria-label": `Time line of ${counted(batches.length, "batch", "batches")} from ${dayOf(batches[0].train[0])} to `
      + `${dayOf(batches.at(-1).test[1])}; the table below has the same in numbers` }, rows,
    el("div", { class: "row" }, el("span"), el("div", { class: "scale" }, ticks))));
}

function timelineTable(batches) {
  const rows = batches.flatMap((batch) => [
    ...batch.folds.map((fold, i) => ({ batch: batch.name, fold: `fold ${i + 1}`, ...fold })),
    { batch: batch.name, fold: "final fit, test", ...batch.final },
  ]);
  return dataTable({ caption: "Folds", rows, shown: 12, columns: [
    textColumn("Batch", (row) => row.batch),
    textColumn("Fold", (row) => row.fold),
    textColumn("Train", (row) => `${dayOf(row.train[0])} to ${dayOf(row.train[1])}`),
    textColumn("Held out", (row) => `${dayOf(row.validation[0])} to ${dayOf(row.validation[1])}`),
    numberColumn("Train sessions", (row) => row.train_rows, whole),
    numberColumn("Purged", (row) => row.purged, whole, { help: "Their label is known only after the end of training" }),
    numberColumn("Kept out by user", (row) => row.grouped, whole),
    numberColumn("Late", (row) => row.late, whole, { help: "Validation sessions whose label is known only after the choice" }),
    numberColumn("Held-out sessions", (row) => row.validation_rows, whole),
  ] });
}
