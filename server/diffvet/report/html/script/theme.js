// Light, dark, or as the system has it. What was chosen is kept where the browser allows it.
const THEMES = ["auto", "light", "dark"];

function kept(name) {
  try { return localStorage.getItem(`diffvet-${name}`); } catch { return null; }
}

function keep(name, value) {
  try { localStorage.setItem(`diffvet-${name}`, value); } catch { /* a page without storage forgets */ }
}

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  button.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme];
  button.setAttribute("aria-label", `${button.textContent} colours`);
}

let theme = THEMES.includes(kept("theme")) ? kept("theme") : "auto";

function nextTheme() {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  keep("theme", theme);
  setTheme(theme);
}

document.querySelector(".toolbar").hidden = false;
document.getElementById("theme").addEventListener("click", nextTheme);
setTheme(theme);
