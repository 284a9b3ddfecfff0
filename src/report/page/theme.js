// Light and dark: the system's choice, until the reader makes another. Print is always light.
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const themeWatchers = [];

const storedTheme = () => {
  try { return localStorage.getItem("cartwheel-theme"); } catch { return null; }
};
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  button.textContent = theme === "dark" ? "Light" : "Dark";
  for (const watch of themeWatchers) watch();
}
const chosenTheme = () => storedTheme() ?? (systemIsDark.matches ? "dark" : "light");

function startTheme() {
  setTheme(chosenTheme());
  systemIsDark.addEventListener("change", () => setTheme(chosenTheme()));
  document.getElementById("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("cartwheel-theme", theme); } catch { /* a page from a file may have no storage */ }
    setTheme(theme);
  });
  addEventListener("beforeprint", () => {
    for (const session of document.querySelectorAll("details.session")) session.open = true;
    setTheme("light");
  });
  addEventListener("afterprint", () => setTheme(chosenTheme()));
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
// A model keeps its colour in all charts; dummies are grey.
const modelColors = { bernoulli_nb: "series-3", logistic_regression: "series-2", decision_tree: "series-4", random_forest: "series-1" };
const colorOfModel = (name) => color(Object.hasOwn(modelColors, name) ? modelColors[name] : "series-muted");
const withAlpha = (hex, alpha) => hex + Math.round(alpha * 255).toString(16).padStart(2, "0");
