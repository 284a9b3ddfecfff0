// Numbers as people read them. What is undefined is an en dash.
const none = "\u2013";
const known = (value) => typeof value === "number" && Number.isFinite(value);
const whole = (value) => (known(value) ? Math.round(value).toLocaleString("en-GB") : none);
const ratio = (value) => (known(value) ? value.toFixed(4) : none);
const percent = (value) => (known(value) ? `${(100 * value).toFixed(1)}\u202f%` : none);
const signed = (value) => (known(value) ? (value > 0 ? "+" : "") + value.toFixed(4) : none);
// Three significant digits, or whole.
function brief(value) {
  if (!known(value)) return none;
  const size = Math.abs(value);
  if (size !== 0 && size < 0.0005) return value.toExponential(1);
  if (size >= 1000 || Number.isInteger(value)) return value.toLocaleString("en-GB", { maximumFractionDigits: 0 });
  return Number(value.toPrecision(3)).toString();
}
const counted = (count, one, many) => `${whole(count)} ${count === 1 ? one : many ?? one + "s"}`;
function bytes(value) {
  if (value < 1000) return `${value} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let unit = -1;
  do { value /= 1000; ++unit; } while (value >= 1000 && unit + 1 < units.length);
  return `${value.toFixed(1)} ${units[unit]}`;
}
function duration(seconds) {
  if (!known(seconds)) return none;
  if (seconds < 60) return `${whole(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${whole(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24} h`;
}
// Times come as "2016-08-29 12:00:00", UTC.
const timeOf = (text) => Date.parse(`${text.replace(" ", "T")}Z`);
const dayOf = (text) => text.slice(0, 10);
const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);
