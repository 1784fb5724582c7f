// Which findings and files are in sight. What is filtered is only out of sight on the screen, never on paper.
const notes = [...document.querySelectorAll(".note")];
const files = [...document.querySelectorAll(".file")].map((element) => ({
  element,
  entry: document.querySelector(`.files [data-file="${element.id}"]`),
  notes: [...element.querySelectorAll(".note")],
}));
const controls = document.getElementById("filters");
const search = document.getElementById("search");
const PAINTED = 2000; // hits of a search that are marked

const words = new Map(); // element -> its text in lower case, read once
function textOf(element) {
  if (!words.has(element)) words.set(element, element.textContent.toLowerCase());
  return words.get(element);
}

function applyFilters() {
  const boxes = [...controls.querySelectorAll("input[name=severity]")];
  const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const [category, file, state] = ["category", "file", "state"].map((name) => document.getElementById(name).value);
  const query = search.value.trim().toLowerCase();
  const narrowed = severities.size < boxes.length || category !== "all" || state !== "all";
  const shown = [];
  for (const { element, entry, notes: own } of files) {
    const here = file === "all" || element.id === file;
    const named = query && element.dataset.path.toLowerCase().includes(query);
    const before = shown.length;
    for (const note of own) {
      const { dataset } = note;
      const fits = here && severities.has(dataset.severity) && ["all", dataset.category].includes(category)
        && ["all", dataset.state].includes(state) && (!query || named || textOf(note).includes(query));
      (note.closest("tr.says") ?? note).classList.toggle("out", !fits);
      note.classList.toggle("out", !fits);
      if (fits) shown.push(note);
    }
    for (const row of element.querySelectorAll("tr.says")) row.classList.toggle("out", !row.querySelector(".note:not(.out)"));
    const wanted = here && (shown.length > before || (!narrowed && (!query || named || textOf(element).includes(query))));
    element.classList.toggle("out", !wanted);
    entry?.classList.toggle("out", !wanted);
  }
  say(shown);
  paint(query);
}

const isOpen = (note) => note.dataset.state === "open";

function say(shown) {
  const all = notes.filter(isOpen).length, open = shown.filter(isOpen).length;
  const quiet = shown.length - open;
  const said = `${open === all ? "" : `${open} of `}${all} ${all === 1 ? "finding" : "findings"}`;
  document.getElementById("count").textContent = quiet ? `${said}, ${quiet} folded` : said;
}

// Marks the hits of `query` in what is in sight, without touching the page's elements.
function paint(query) {
  if (!globalThis.Highlight) return;
  CSS.highlights.delete("found");
  if (query.length < 2) return;
  const found = new Highlight();
  const walker = document.createTreeWalker(document.querySelector(".changes"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && found.size < PAINTED; node = walker.nextNode()) {
    const text = node.data.toLowerCase();
    if (text.length !== node.data.length) continue;
    for (let at = text.indexOf(query); at >= 0 && found.size < PAINTED; at = text.indexOf(query, at + query.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + query.length);
      found.add(range);
    }
  }
  CSS.highlights.set("found", found);
}

function clearFilters() {
  controls.reset();
  applyFilters();
}

let typing = 0;
controls.addEventListener("change", applyFilters);
controls.addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(applyFilters, 120); });
document.getElementById("clear").addEventListener("click", clearFilters);
say(notes);
