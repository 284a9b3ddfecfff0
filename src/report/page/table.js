// A table that sorts by its heads, searches, filters by column, and shows the first rows until asked for all.
// columns: {name, value(row), show(row)?, kind: "text" | "number", help?}. A head's button sorts; numbers begin with
// the largest.
function dataTable({ caption, columns, rows, search = false, filters = false, shown = 20, sort = null, mark = null }) {
  const state = { column: sort?.column ?? -1, down: sort?.down ?? true, text: "", wanted: columns.map(() => ""), all: false };
  const body = el("tbody"), status = el("p", { class: "status", role: "status" }), button = el("button", { type: "button", class: "quiet" });
  button.addEventListener("click", () => { state.all = !state.all; fill(); });

  const heads = columns.map((column, i) => {
    const sorter = el("button", { type: "button", title: column.help, on: { click: () => {
      state.down = state.column === i ? !state.down : column.kind === "number";
      state.column = i;
      fill();
    } } }, column.name);
    return el("th", { scope: "col", class: column.kind }, sorter);
  });
  const wishes = columns.map((column, i) => el("td", {}, el("input", {
    type: "search", "aria-label": `Filter ${column.name}`, title: column.kind === "number" ? "10 or more, > 10, <= 10, = 10, 1..5" : "holds this text", placeholder: column.kind === "number" ? "\u2265 10" : "has",
    on: { input: (event) => { state.wanted[i] = event.target.value.trim(); state.all = false; fill(); } },
  })));
  const head = el("thead", {}, el("tr", {}, heads), filters ? el("tr", { class: "filters" }, wishes) : null);
  const region = el("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
    el("table", {}, el("caption", {}, caption), head, body));

  const textOf = (column, row) => String(column.show ? column.show(row) : column.value(row) ?? none);
  const matches = (row) => {
    if (state.text !== "" && !columns.some((column) => textOf(column, row).toLowerCase().includes(state.text))) return false;
    return columns.every((column, i) => state.wanted[i] === "" || fits(column, row, state.wanted[i]));
  };
  const fits = (column, row, wanted) =>
    column.kind === "number" ? inRange(column.value(row), wanted) : textOf(column, row).toLowerCase().includes(wanted.toLowerCase());
  function sorted(found) {
    if (state.column < 0) return found;
    const { value, kind } = columns[state.column], sign = state.down ? -1 : 1;
    return found.map((row, place) => ({ row, place, key: value(row) })).sort((a, b) => {
      const missing = (a.key === null || a.key === undefined) - (b.key === null || b.key === undefined);
      if (missing !== 0) return missing;  // last, whichever way
      const order = kind === "number" ? a.key - b.key : String(a.key).localeCompare(String(b.key));
      return order !== 0 ? sign * order : a.place - b.place;
    }).map(({ row }) => row);
  }
  function fill() {
    heads.forEach((th, i) => {
      if (i === state.column) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    const found = sorted(rows.filter(matches)), visible = state.all ? found : found.slice(0, shown);
    body.replaceChildren(...visible.map((row) => el("tr", { class: mark?.(row) }, columns.map((column, i) =>
      el(i === 0 ? "th" : "td", { class: column.kind, scope: i === 0 ? "row" : null }, column.element ? column.element(row) : textOf(column, row))))));
    if (found.length === 0) body.append(el("tr", {}, el("td", { colspan: columns.length }, "No row fits.")));
    status.textContent = found.length === rows.length && visible.length === found.length ? ""
      : `${whole(visible.length)} of ${whole(found.length)} rows${found.length < rows.length ? ` that fit, of ${whole(rows.length)}` : ""}`;
    button.hidden = found.length <= shown;
    button.textContent = state.all ? `Show ${shown} rows` : `Show all ${whole(found.length)} rows`;
  }
  const id = newId("search");
  const box = search ? el("div", { class: "field" }, el("label", { for: id }, "Search"), el("input", { id, type: "search",
    on: { input: (event) => { state.text = event.target.value.trim().toLowerCase(); state.all = false; fill(); } } })) : null;
  fill();
  return el("div", { class: "table" }, box, region, el("div", { class: "below" }, status, button));
}

// "10", ">= 10", "< 0.5", "1..5"; a wish that is still being written fits everything.
function inRange(value, wish) {
  const range = wish.match(/^(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)$/);
  if (range) return known(value) && value >= Number(range[1]) && value <= Number(range[2]);
  const parts = wish.match(/^(>=|<=|>|<|=|\u2265|\u2264)?\s*(-?[\d.]+)\s*(%?)$/);
  if (!parts) return true;
  if (!known(value)) return false;
  const bound = Number(parts[2]) / (parts[3] === "%" ? 100 : 1);
  switch (parts[1]) {
    case ">": return value > bound;
    case "<": return value < bound;
    case "<=": case "\u2264": return value <= bound;
    case "=": return value === bound;
    default: return value >= bound;
  }
}

const textColumn = (name, value, more = {}) => ({ name, value, kind: "text", ...more });
const numberColumn = (name, value, format, more = {}) => ({ name, value, show: (row) => format(value(row)), kind: "number", ...more });
