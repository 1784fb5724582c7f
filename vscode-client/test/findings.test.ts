import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { label, meant, reasonProblem } from "../src/core/findings";
import type { Finding } from "../src/core/findings";
import { description, files, icon } from "../src/core/tree";

const FILE = "file:///c%3A/caf%C3%A9.py";

function finding(title: string, lines: [number, number] | null, more: Partial<Finding> = {}): Finding {
  const range = lines && { start: { line: lines[0], character: 0 }, end: { line: lines[1], character: 9 } };
  return { fingerprint: title, uri: FILE, path: "café.py", title, severity: "warning", state: "open", range, ...more };
}

function titles(findings: readonly Finding[], line: number, states = ["open"], uri = FILE): string[] {
  return meant({ roots: [{ findings: [] }, { findings }] }, uri, line, states).map(({ title }) => title);
}

test("on a line its findings are meant, on any other all of the file", () => {
  const all = [finding("a", [3, 5]), finding("b", [5, 5]), finding("c", null), finding("d", [5, 5], { uri: "file:///d.py" })];
  assert.deepEqual(titles(all, 5), ["a", "b"]);
  assert.deepEqual(titles(all, 3), ["a"]);
  assert.deepEqual(titles(all, 9), ["a", "b", "c"]);
});

test("only findings in a state that the command is for are meant", () => {
  const all = [finding("a", [3, 3]), finding("b", [3, 3], { state: "dismissed" })];
  assert.deepEqual(titles(all, 3, ["dismissed"]), ["b"]);
  assert.deepEqual(titles(all, 3, ["stale"]), []);
});

test("a file is the same however its URI is escaped, and a broken escape harms nobody", () => {
  assert.deepEqual(titles([finding("a", [0, 0])], 0, ["open"], "file:///c:/caf\u00e9.py"), ["a"]);
  assert.deepEqual(titles([finding("a", [0, 0], { uri: "file:///100%" })], 0), []);
});

test("a finding is listed with its line as people count it", () => {
  assert.deepEqual(label(finding("Leak", [4, 4])), { label: "Leak", description: "warning, line 5" });
  assert.deepEqual(label(finding("Leak", null)), { label: "Leak", description: "warning" });
});

test("a reason holds a word", () => {
  assert.equal(reasonProblem("known since 2020"), undefined);
  for (const reason of ["", "  ", "...", "\n"]) {
    assert.notEqual(reasonProblem(reason), undefined, JSON.stringify(reason));
  }
});

test("the tree shows open and stale findings below their files, in the server's order", () => {
  const other = { uri: "file:///d.py", path: "d.py" };
  const first = [finding("a", [3, 5]), finding("gone", [3, 5], { state: "dismissed" }), finding("b", null, { state: "stale" })];
  const tree = files({ roots: [{ findings: first }, { findings: [finding("c", [0, 0], other)] }] });
  assert.deepEqual(tree.map((file) => [file.path, description(file)]), [["café.py", "2"], ["d.py", "1"]]);
  assert.deepEqual(tree.flatMap((file) => file.findings.map(description)), ["line 4", "stale", "line 1"]);
  assert.deepEqual(first.map(icon), ["warning", "warning", "history"]);
  assert.deepEqual(files({ roots: [{ findings: [finding("x", null, { state: "baseline" })] }] }), []);
});

interface Command {
  readonly command: string;
  readonly title: string;
}

test("every command of the palette is registered, none of them is the server's, and no key is taken", () => {
  const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as {
    contributes: { commands: Command[]; keybindings?: unknown };
  };
  const source = readFileSync("src/extension.ts", "utf8");
  for (const { command } of contributes.commands) {
    const name = command.replace(/^diffvet\./, "");
    assert.match(source, new RegExp(`"diffvet\\.${name}"|^  ${name}[,:]`, "m"), command);
    assert.doesNotMatch(command, /^diffvet\.server\./);
  }
  assert.equal(contributes.keybindings, undefined);
});
