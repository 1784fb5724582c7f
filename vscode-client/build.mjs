// One build script. `node build.mjs` bundles the extension; `test` runs the unit tests; `package` makes the VSIX.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

const common = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };

async function extension() {
  rmSync("dist", { recursive: true, force: true });
  const { metafile } = await build({
    ...common,
    entryPoints: ["src/extension.ts"],
    external: ["vscode"],
    outfile: "dist/extension.js",
    minify: true,
    legalComments: "none",
    metafile: true,
  });
  writeFileSync("dist/LICENSES.txt", licences(Object.keys(metafile.inputs)));
}

/** The licence texts of the packages that `files` came from; the bundle contains their code. */
function licences(files) {
  const places = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  return [...places].sort().map((place) => {
    const text = readdirSync(place).find((name) => /^licen[cs]e/i.test(name));
    if (!text) throw new Error(`${place} has no licence file; say in build.mjs under which one it is shipped`);
    const { name, version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
    return `${name} ${version}\n\n${readFileSync(join(place, text), "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

async function tests() {
  const names = readdirSync("test").filter((name) => name.endsWith(".test.ts"));
  rmSync("dist/test", { recursive: true, force: true });
  // Bundling without `external: ["vscode"]` fails when something under src/core starts to need the editor.
  await build({ ...common, entryPoints: names.map((name) => `test/${name}`), outdir: "dist/test", sourcemap: "inline" });
  run(process.execPath, ["--enable-source-maps", "--test", ...names.map((name) => `dist/test/${name.replace(/ts$/, "js")}`)]);
}

async function vsix() {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  await extension();
  run(process.env.PYTHON || (process.platform === "win32" ? "python" : "python3"), ["bundle.py"]);
  const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");
  const out = `diffvet-${version}.vsix`;
  // The rule catalogue shows invented keys of every kind, which the packager would take for leaked ones.
  const known = ["--no-dependencies", "--allow-missing-repository", "--allow-package-all-secrets"];
  run(process.execPath, [vsce, "package", ...known, "--no-rewrite-relative-links", "--out", out]);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const steps = { extension, test: tests, package: vsix };
const step = steps[process.argv[2] ?? "extension"];
if (!step) {
  console.error(`build.mjs: unknown step '${process.argv[2]}'; one of: ${Object.keys(steps).join(", ")}`);
  process.exit(2);
}
await step();
