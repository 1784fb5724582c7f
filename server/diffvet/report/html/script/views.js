// Unified is what the page holds; side by side is made of it, table by table, and taken back by putting the rows back.
const unified = new Map(); // body of a table -> its rows as they came

function cell(name, content) {
  const made = document.createElement("td");
  if (name) made.className = name;
  if (content) made.append(...[...content.childNodes].map((node) => node.cloneNode(true)));
  return made;
}

// The two cells of one side of a line: its number, and its code. `line` is a row of the unified table, or nothing.
function half(line, column) {
  if (!line) return [cell("o"), cell("o")];
  const kind = line.classList.contains("a") ? "a" : line.classList.contains("r") ? "r" : "";
  const hit = line.classList.contains("hit") ? ` ${[...line.classList].slice(1).join(" ")}` : "";
  return [cell(kind + hit, line.cells[column]), cell(kind, line.cells[3])];
}

function pair(left, right) {
  const row = document.createElement("tr");
  row.append(...half(left?.line, 0), ...half(right?.line, 1));
  return [row, ...(left?.notes ?? []), ...(right && right !== left ? right.notes : [])];
}

// Rows side by side: removed lines on the left, the added ones that replace them on the right.
function arranged(rows) {
  const made = [];
  let removed = [], added = [], last = null;
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) made.push(...pair(removed[at], added[at]));
    removed = []; added = [];
  };
  for (const row of rows) {
    if (row.classList.contains("says")) { last.notes.push(row); continue; }
    const line = { line: row, notes: [] };
    if (row.classList.contains("r")) { if (added.length) flush(); removed.push(line); }
    else if (row.classList.contains("a")) added.push(line);
    else if (row.classList.contains("gap")) { flush(); made.push(row); }
    else { flush(); made.push(line); }
    last = line;
  }
  flush();
  return made.flatMap((entry) => (entry.line ? pair(entry, entry) : [entry]));
}

function setView(name) {
  const split = name === "split";
  if (split === (unified.size > 0)) return;
  for (const table of document.querySelectorAll("table.diff")) {
    const body = table.tBodies[0];
    if (split) {
      const rows = [...body.rows];
      unified.set(body, rows);
      body.replaceChildren(...arranged(rows));
    } else body.replaceChildren(...unified.get(body));
    table.classList.toggle("split", split);
    const titles = split ? ["Old line", "Old code", "New line", "New code"] : ["Old line", "New line", "Change", "Code"];
    titles.forEach((title, at) => { table.tHead.rows[0].cells[at].textContent = title; });
  }
  if (!split) unified.clear();
  document.getElementById("split").setAttribute("aria-pressed", String(split));
  document.getElementById("unified").setAttribute("aria-pressed", String(!split));
}

function chooseView(name) {
  const at = document.activeElement?.closest?.(".note, .file");
  setView(name);
  keep("view", name);
  if (at) at.scrollIntoView({ block: "center" });
}

for (const name of ["unified", "split"]) document.getElementById(name).addEventListener("click", () => chooseView(name));
setView(kept("view") ?? (matchMedia("(min-width: 1200px)").matches ? "split" : "unified"));

// On paper nothing is folded; afterwards the screen is as it was.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  for (const folded of unfolded) folded.open = true;
});
addEventListener("afterprint", () => { for (const folded of unfolded) folded.open = false; });
