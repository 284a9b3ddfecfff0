// Elements from code. Texts are set as text, never as markup, so nothing in the data can become an element.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, action] of Object.entries(value)) element.addEventListener(event, action);
    else if (name === "css") for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}
const paragraph = (...children) => el("p", {}, ...children);
const note = (...children) => el("p", { class: "note" }, ...children);
const subtitle = (text) => el("h3", {}, text);
const code = (text) => el("code", {}, text);

let ids = 0;
const newId = (prefix) => `${prefix}-${++ids}`;

// A labelled choice. `options` are {value, text}; `change` gets the value.
function choice(label, options, value, change) {
  const id = newId("choice");
  const select = el("select", { id, on: { change: () => change(select.value) } },
    options.map((option) => el("option", { value: option.value, selected: option.value === value }, option.text)));
  return el("div", { class: "field" }, el("label", { for: id }, label), select);
}

// A figure in a card: a number that matters, what it is, and what to hold it against.
const card = (label, value, detail) =>
  el("div", { class: "card" }, el("dt", {}, label), el("dd", { class: "value" }, value), el("dd", { class: "detail" }, detail ?? ""));
const cards = (...items) => el("dl", { class: "cards" }, ...items);
const grid = (...items) => el("div", { class: "grid" }, ...items);

// What is looked at closely by those who want to.
function more(text, build) {
  const body = el("div", { class: "more-body" });
  let built = false;
  return el("details", { class: "more", on: { toggle: (event) => {
    if (built || !event.target.open) return;
    built = true;
    body.append(build());
  } } }, el("summary", {}, text), body);
}
