import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ASKED, forServer, keyProblem, needsRestart, readSettings, serverEnvironment } from "../src/core/settings";

test("blank settings are unset, and space around a value is no part of it", () => {
  const values: Record<string, unknown> = { interpreter: "", endpoint: "  http://127.0.0.1:8000 ", model: 3 };
  assert.deepEqual(readSettings((name) => values[name]), { endpoint: "http://127.0.0.1:8000" });
});

test("only the settings of the server's start restart it", () => {
  assert.equal(needsRestart((section) => section === "diffvet.endpoint"), true);
  assert.equal(needsRestart((section) => section === "diffvet.trace.server"), false);
  assert.equal(needsRestart((section) => section === "python"), false);
});

test("endpoint, model and key reach the server by its environment, and only when set", () => {
  const base = { PATH: "/bin", DIFFVET_MODEL: "from-the-shell" };
  assert.deepEqual(serverEnvironment(base, {}, undefined), base);
  assert.deepEqual(serverEnvironment(base, { endpoint: "embedded", model: "m" }, "k"), {
    PATH: "/bin",
    DIFFVET_ENDPOINT: "embedded",
    DIFFVET_MODEL: "m",
    DIFFVET_API_KEY: "k",
  });
});

test("a pasted key is checked before it is stored", () => {
  assert.equal(keyProblem("abc-123_X"), undefined);
  assert.equal(keyProblem(" padded "), undefined);
  for (const key of ["", "  ", "two words", "na\u00efve", "line\nbreak"]) {
    assert.notEqual(keyProblem(key), undefined, JSON.stringify(key));
  }
});

interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: unknown } };
  readonly contributes: { readonly configuration: { readonly properties: Record<string, { readonly scope: string; readonly default: unknown }> } };
}

test("the server is answered what is set, in its own words, and nothing about what is run or where code goes", () => {
  const set = { interpreter: "/py", endpoint: "https://user:secret@host", model: "m", trace: { server: "off" }, apiKey: "k" };
  assert.deepEqual(forServer({ ...set, minSeverity: "error", base: null, pause: 0, exclude: [] }), {
    min_severity: "error",
    lsp_pause: 0,
    exclude: [],
  });
  for (const nothing of [undefined, null, 7, {}]) {
    assert.deepEqual(forServer(nothing), {});
  }
});

test("a setting that the server asks for says nothing until it is set", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const { properties } = manifest.contributes.configuration;
  for (const name of Object.keys(ASKED)) {
    assert.equal(properties[`diffvet.${name}`]?.default, null, name);
  }
});

test("no workspace can choose the interpreter, the endpoint or who is asked when, nor run this untrusted", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const { properties } = manifest.contributes.configuration;
  for (const name of ["interpreter", "endpoint", "model", "models", "askModel"]) {
    assert.equal(properties[`diffvet.${name}`]?.scope, "machine", name);
  }
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, false);
});
