// Drives one scenario in a real workbench: open a changed file, read the finding, fix it, save.
// Usage: node drive.mjs SCENARIO.json -> one JSON object on stdout: what was seen. Screenshots go to `pictures`.
// Exit code 1 with the reason on stderr when a step does not come true in time.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const WAIT = 90_000; // two noisy cores, a first start that compiles everything
const scenario = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { packages, chromium: browser, run, folder, file, line, fixed, again, environment, pictures } = scenario;
const { chromium } = createRequire(pathToFileURL(join(packages, "x.js")))("playwright-core");

const MARKS = ".monaco-editor .squiggly-error, .monaco-editor .squiggly-warning";

// Everything that is not the code and the finding only makes the picture and the start worse.
const SETTINGS = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "update.mode": "none",
  "git.enabled": false,
  "chat.disableAIFeatures": true,
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "editor.hover.delay": 100,
};

function put(place, content) {
  mkdirSync(join(run, "data", place), { recursive: true });
  writeFileSync(join(run, "data", place, "settings.json"), JSON.stringify(content));
}

async function serve() {
  put("User", SETTINGS);
  put("Machine", scenario.machineSettings);
  writeFileSync(join(run, "config.yaml"), "");
  const args = [
    join(packages, "node_modules/code-server/out/node/entry.js"),
    ...["--config", join(run, "config.yaml"), "--user-data-dir", join(run, "data"), "--extensions-dir", join(run, "extensions")],
  ];
  const options = { env: environment, cwd: run };
  await finished(spawn(process.execPath, [...args, "--install-extension", scenario.vsix], options));
  const flags = ["--bind-addr", "127.0.0.1:0", "--auth", "none", "--disable-telemetry", "--disable-update-check"];
  const quiet = ["--disable-workspace-trust", "--disable-getting-started-override", "--ignore-last-opened"];
  const server = spawn(process.execPath, [...args, ...flags, ...quiet], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    const read = (piece) => {
      said += piece;
      const [, found] = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (found) resolve(found);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.once("exit", () => reject(new Error(`code-server ended:\n${said}`)));
  });
  return { server, url };
}

/** The end of a process; what it said matters only when it failed. */
function finished(child) {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (said += piece));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`${child.spawnargs.join(" ")}: ${said}`))));
  });
}

async function browse(url) {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const still = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const context = await chromium.launchPersistentContext(join(run, "chromium"), {
    executablePath: browser,
    headless: true,
    viewport: { width: 1300, height: 800 },
    args: [...args, ...still],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(WAIT);
  const outside = [];
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(http|ws)s?:$/.test(protocol) && hostname !== "127.0.0.1") outside.push(request.url());
  });
  const host = new URL(url).host;
  const payload = JSON.stringify([["openFile", `vscode-remote://${host}${join(folder, file)}`]]);
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
  return { context, page, outside };
}

async function command(page, title) {
  await page.keyboard.press("F1");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type(title);
  const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title.replace(/^.*?: /, "") }).first();
  await row.waitFor();
  await row.click();
}

/** The problems of the workspace, one string each. */
async function problems(page) {
  const rows = page.locator(".markers-panel .monaco-list-row").filter({ hasText: "Ln " });
  await rows.first().waitFor();
  return rows.allInnerTexts();
}

async function watch(page, seen) {
  const squiggle = page.locator(MARKS).first();
  await squiggle.waitFor({ state: "attached" });
  seen.squiggle = true;

  await command(page, "Problems: Focus on Problems View");
  seen.problems = await problems(page);
  await page.screenshot({ path: join(pictures, "vscode-squiggle.png") });

  // The mark is drawn below the text, so the pointer goes to its place rather than to the element.
  const { x, y, width, height } = await squiggle.boundingBox();
  await page.mouse.move(x + Math.min(width / 2, 60) - 3, y + height / 2);
  await page.mouse.move(x + Math.min(width / 2, 60), y + height / 2, { steps: 4 });
  const note = page.locator(".monaco-editor .monaco-hover:not(.hidden) .hover-contents, .monaco-resizable-hover .hover-contents");
  await note.first().waitFor();
  await page.waitForFunction(
    (least) => document.querySelector(".monaco-resizable-hover, .monaco-hover:not(.hidden)")?.innerText.length > least,
    seen.problems[0].length,
  );
  seen.hover = (await note.allInnerTexts()).join("\n");
  await page.screenshot({ path: join(pictures, "vscode-hover.png") });
  await page.keyboard.press("Escape");
}

/** Replace one line of the open file (1-based) and save. */
async function rewrite(page, number, text) {
  await page.locator(".monaco-editor .view-line").first().click();
  await page.keyboard.press("Control+G");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type(String(number));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Control+S");
}

async function fix(page, seen) {
  await rewrite(page, line, fixed);
  await page.waitForFunction((marks) => !document.querySelector(marks), MARKS);
  await page.locator(".markers-panel").getByText("No problems").waitFor();
  seen.cleared = true;
  await page.screenshot({ path: join(pictures, "vscode-fixed.png") });
}

/** A save is reviewed, and by the same server: what it brings in is found where it is. */
async function breakAgain(page, seen) {
  await rewrite(page, again.line, again.text);
  await page.waitForSelector(MARKS, { state: "attached" });
  seen.again = await problems(page);
}

/** The palette's commands about a finding: go to it, explain it, dismiss it with a reason, take that back. */
async function decide(page, seen) {
  await command(page, "Diffvet: Go to next finding");
  const place = page.locator('[id="status.editor.selection"]').filter({ hasText: "selected" });
  await place.waitFor();
  seen.place = await place.innerText();

  await command(page, "Explorer: Focus on Diffvet Findings View");
  const tree = page.locator(".pane").filter({ hasText: "Diffvet Findings" }).locator(".monaco-list-row");
  await tree.filter({ hasText: `line ${again.line}` }).waitFor();
  seen.tree = await tree.allInnerTexts();

  await command(page, "Diffvet: Explain finding");
  await page.locator(".tab").filter({ hasText: "explanation.txt" }).waitFor();
  const text = page.locator(".editor-group-container").last().locator(".view-lines");
  await text.filter({ hasText: "To say that you know" }).waitFor();
  seen.explanation = await text.innerText();
  await page.screenshot({ path: join(pictures, "vscode-explanation.png") });

  await command(page, "Diffvet: Dismiss finding");
  await page.locator(".quick-input-widget").filter({ hasText: "why?" }).waitFor();
  await page.keyboard.type("a made-up key");
  await page.keyboard.press("Enter");
  await page.waitForFunction((marks) => !document.querySelector(marks), MARKS);
  seen.dismissed = true;
  await command(page, "Diffvet: Restore dismissed finding");
  await page.waitForSelector(MARKS, { state: "attached" });
  seen.restored = true;
}

const seen = {};
const { server, url } = await serve();
let opened;
try {
  opened = await browse(url);
  await watch(opened.page, seen);
  await fix(opened.page, seen);
  await breakAgain(opened.page, seen);
  await decide(opened.page, seen);
  seen.outside = opened.outside;
} catch (error) {
  await opened?.page.screenshot({ path: join(pictures, "vscode-failed.png") }).catch(() => undefined);
  console.error(error);
  process.exitCode = 1;
} finally {
  await opened?.context.close();
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await gone;
}
console.log(JSON.stringify(seen));
