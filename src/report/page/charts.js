// Charts by Chart.js. Each is drawn again when the theme changes, and has its numbers as a table behind it.
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
const drawn = new Set();
themeWatchers.push(() => { for (const chart of drawn) chart.draw(); });

// `build` returns a Chart.js configuration for the colours of the moment; `table` the same numbers as an element.
function chart({ title, says, build, table, height = 260, wide = false }) {
  const canvas = el("canvas", { role: "img", "aria-label": says });
  const holder = el("div", { class: "canvas", css: { height: `${height}px` } }, canvas);
  const figure = el("figure", { class: wide ? "chart wide" : "chart" }, el("figcaption", {}, title), holder,
    table ? more("Numbers", table) : null);
  const self = {
    figure, canvas, chart: null,
    draw() {
      if (!canvas.isConnected) return;
      self.chart?.destroy();
      self.chart = new Chart(canvas, styled(build()));
    },
    // Says and draws something new.
    update(label) {
      canvas.setAttribute("aria-label", label);
      self.draw();
    },
  };
  drawn.add(self);
  return self;
}
// Draws what is new on the page, and forgets what has left it.
const drawAll = () => {
  for (const chart of drawn) {
    if (chart.chart === null) chart.draw();
    else if (!chart.canvas.isConnected) drawn.delete(chart);
  }
};

function styled(config) {
  const text = color("text-soft"), line = color("grid");
  config.options = { responsive: true, maintainAspectRatio: false, animation: false, ...config.options };
  const options = config.options;
  if (config.type === "bar") options.scales.x ??= {};
  options.interaction ??= { mode: "nearest", intersect: false, axis: "xy" };
  options.plugins ??= {};
  options.plugins.legend = { position: "bottom", labels: { color: text, usePointStyle: true, boxWidth: 14, boxHeight: 8, padding: 14,
    filter: (item) => item.text !== "" }, ...options.plugins.legend };
  options.plugins.tooltip = { backgroundColor: color("tooltip"), titleColor: color("tooltip-text"), bodyColor: color("tooltip-text"),
    padding: 8, displayColors: false, filter: (item) => item.dataset.silent !== true, ...options.plugins.tooltip };
  for (const [axis, scale] of Object.entries(options.scales ?? {})) {
    scale.ticks = { color: text, maxRotation: 0, autoSkipPadding: 14, ...scale.ticks };
    scale.grid = { color: line, drawBorder: false, tickLength: 4, ...scale.grid };
    if (scale.title) scale.title = { display: true, color: text, padding: 4, ...scale.title };
    if (axis.startsWith("x") && scale.grid.display === undefined) scale.grid.display = config.type === "bar" && options.indexAxis === "y";
    if (axis.startsWith("y") && config.type === "bar" && options.indexAxis === "y") scale.grid.display = false;
  }
  return config;
}

const axis = (text, more = {}) => ({ type: "linear", title: { text }, ...more });
const percentTicks = { callback: (value) => `${Math.round(100 * value)}\u202f%` };
// For values that are whole numbers alone, no ticks between them.
const wholeTicks = (values) => (values.every(Number.isInteger) ? { precision: 0 } : {});
const shareAxis = (text, more = {}) => axis(text, { min: 0, max: 1, ticks: { ...percentTicks, stepSize: 0.25 }, ...more });
const line = (label, data, stroke, more = {}) => ({
  type: "line", label, data, borderColor: stroke, backgroundColor: stroke, borderWidth: 2, pointRadius: 0, pointHitRadius: 6, tension: 0,
  pointStyle: more.pointRadius === undefined ? "line" : "circle", ...more,
});
// A line to hold others against: dashed, and silent.
const reference = (label, data) => line(label, data, color("series-muted"), { borderWidth: 1.5, borderDash: [5, 4], silent: true });
const tooltipLabel = (label) => ({ tooltip: { callbacks: { title: () => "", label } } });
