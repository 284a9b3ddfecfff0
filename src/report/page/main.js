// Puts the page together: sections that have something to show, and their list.
function start() {
  document.title = `${report.title} \u2013 Cartwheel`;
  document.getElementById("kind").textContent = report.title;
  const main = document.getElementById("content"), contents = document.getElementById("contents");
  main.append(el("h1", { class: "hidden" }, report.title));
  const list = el("ul");
  for (const section of sections) {
    const built = section(report);
    if (!built) continue;
    main.append(el("section", { id: built.id, "aria-labelledby": `${built.id}-title` },
      el("h2", { id: `${built.id}-title` }, built.title), built.intro ? el("p", { class: "intro" }, built.intro) : null, built.parts));
    list.append(el("li", {}, el("a", { href: `#${built.id}` }, built.short ?? built.title)));
  }
  contents.append(list);
  startTheme();
  drawAll();
  followScrolling(contents);
}

// Marks the section that is being read.
function followScrolling(contents) {
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id);
    const current = [...links.keys()].find((id) => seen.has(id));
    if (!current) return;
    for (const [id, link] of links) id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }, { rootMargin: "-80px 0px -55% 0px" });
  for (const id of links.keys()) observer.observe(document.getElementById(id));
}

start();
