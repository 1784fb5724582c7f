// A VS Code workbench of this machine: its server, the browser, and what is set in it.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WAIT, Window } from "./window.mjs";

// Everything that is not the code and the finding only makes the picture and the start worse.
const SETTINGS = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  "chat.disableAIFeatures": true,
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "editor.hover.delay": 100,
  "workbench.reduceMotion": "on",
};

/** The server of the workbench and the browser, in the directory `run`; `packages` holds code-server and Playwright, `extensions` ours. */
export class Workbench {
  constructor({ packages, chromium, run, extensions, environment, pictures }) {
    Object.assign(this, { packages, browser: chromium, run, extensions, environment, pictures });
  }

  /** Writes the settings of a scope, `User` or `Machine`; windows that are open follow. */
  set(scope, content) {
    const place = join(this.run, "data", scope);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "settings.json"), JSON.stringify(scope === "User" ? { ...SETTINGS, ...content } : content));
  }

  async start() {
    this.set("User", {});
    writeFileSync(join(this.run, "config.yaml"), "");
    const args = [
      join(this.packages, "node_modules/code-server/out/node/entry.js"),
      ...["--config", join(this.run, "config.yaml"), "--user-data-dir", join(this.run, "data")],
      ...["--extensions-dir", this.extensions],
    ];
    const options = { env: this.environment, cwd: this.run };
    const flags = ["--bind-addr", "127.0.0.1:0", "--auth", "none", "--disable-telemetry", "--disable-update-check"];
    const quiet = ["--disable-getting-started-override", "--ignore-last-opened"];
    this.server = spawn(process.execPath, [...args, ...flags, ...quiet], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    this.url = await this.#listening();
    const { chromium } = createRequire(pathToFileURL(join(this.packages, "x.js")))("playwright-core");
    const still = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    this.context = await chromium.launchPersistentContext(join(this.run, "chromium"), {
      executablePath: this.browser,
      headless: true,
      viewport: { width: 1300, height: 800 },
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...still],
    });
  }

  #listening() {
    let said = "";
    return new Promise((resolve, reject) => {
      const read = (piece) => {
        said += piece;
        const [, found] = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
        if (found) resolve(found);
      };
      this.server.stdout.on("data", read);
      this.server.stderr.on("data", read);
      this.server.once("exit", () => reject(new Error(`code-server ended:\n${said}`)));
    });
  }

  /** A window on a folder, or on a `.code-workspace` file, with the `file` in front. */
  async open(place, file) {
    const page = await this.context.newPage();
    page.setDefaultTimeout(WAIT);
    const window = new Window(page, this.pictures);
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^(http|ws)s?:$/.test(protocol) && hostname !== "127.0.0.1") window.outside.push(request.url());
    });
    const kind = place.endsWith(".code-workspace") ? "workspace" : "folder";
    const query = new URLSearchParams({ [kind]: place });
    if (file) {
      query.set("payload", JSON.stringify([["openFile", `vscode-remote://${new URL(this.url).host}${file}`]]));
    }
    await page.goto(`${this.url}/?${query}`);
    await page.locator(".monaco-workbench .part.statusbar").waitFor();
    return window;
  }

  /** The ids of the language servers that run for this workbench. */
  servers() {
    const all = execFileSync("ps", ["-axww", "-o", "pid=,ppid=,command="], { encoding: "utf8" }).split("\n");
    const inside = new Map(all.map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? []).map(([, id, parent, line]) => [id, { parent, line }]));
    const ours = (id) => id !== undefined && (id === String(this.server.pid) || ours(inside.get(id)?.parent));
    return [...inside].filter(([id, { line }]) => line?.includes("launch.py lsp") && ours(id)).map(([id]) => Number(id));
  }

  async stop() {
    await this.context?.close();
    if (this.server?.exitCode === null) {
      const gone = new Promise((resolve) => this.server.once("exit", resolve));
      this.server.kill("SIGTERM");
      await gone;
    }
  }
}
