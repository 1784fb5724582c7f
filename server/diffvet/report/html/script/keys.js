// The keyboard: from finding to finding, from file to file, and everything the toolbar does.
const help = document.getElementById("keys");
let current = null;

const inSight = (element) => !element.closest(".out");

function go(element) {
  current = element;
  for (let folded = element.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: element.matches(".file") ? "start" : "center" });
}

// The next (or previous) of `elements` after where the reader is: the one last gone to, or what is at the top of the window.
function step(elements, forward) {
  const choice = elements.filter(inSight);
  if (!choice.length) return;
  const from = current && inSight(current) && current.isConnected ? current : null;
  const after = (element) => from
    ? Boolean(from.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)
    : element.getBoundingClientRect().top >= 0;
  const next = forward ? choice.find((element) => element !== from && after(element)) : choice.findLast((element) => element !== from && !after(element) && !element.contains(from));
  go(next ?? (forward ? choice[0] : choice.at(-1)));
}

const nextFinding = () => step(notes, true);
const previousFinding = () => step(notes, false);
const fileElements = files.map(({ element }) => element);
const KEYS = {
  j: nextFinding, n: nextFinding, k: previousFinding, p: previousFinding,
  "]": () => step(fileElements, true), "[": () => step(fileElements, false),
  s: () => chooseView("split"), u: () => chooseView("unified"),
  t: nextTheme, x: clearFilters,
  "/": () => search.focus(),
  "?": () => help.showModal(),
};

const shortcuts = document.getElementById("shortcuts"); // who speaks to the computer turns single keys off
shortcuts.checked = kept("shortcuts") !== "off";
shortcuts.addEventListener("change", () => keep("shortcuts", shortcuts.checked ? "on" : "off"));

addEventListener("keydown", (event) => {
  if (!shortcuts.checked || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target.matches("input[type=search], select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.getElementById("next").addEventListener("click", nextFinding);
document.getElementById("previous").addEventListener("click", previousFinding);
document.getElementById("help").addEventListener("click", () => help.showModal());
addEventListener("hashchange", goToHash);

// A link to a finding or file opens what it is folded in.
function goToHash() {
  const target = /^#[\w-]+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.matches(".note, .file")) {
    for (const folded of target.matches(".quiet") ? target.querySelectorAll("details") : []) folded.open = true;
    go(target);
  }
  if (target.id === "coverage") target.parentElement.querySelector("details")?.setAttribute("open", "");
}

// What is sticky below the toolbar needs to know how high that is.
const bar = document.querySelector(".toolbar");
new ResizeObserver(() => {
  const height = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
  document.documentElement.style.setProperty("--bar", `${height}px`);
}).observe(bar);
if (matchMedia("(max-width: 1000px)").matches) document.querySelector(".files details").open = false;
goToHash();
