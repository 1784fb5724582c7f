import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findingOf, label, meant, reasonProblem } from "../src/core/findings";
import type { Finding, Root, Row } from "../src/core/findings";
import { present, readSide, removed, told } from "../src/core/sides";
import { children, description, icon, tree } from "../src/core/tree";
import type { FileNode, FindingNode, Node } from "../src/core/tree";

const FILE = "file:///c%3A/caf%C3%A9.py";

function finding(title: string, lines: [number, number] | null, more: Partial<Finding> = {}): Finding {
  const range = lines && { start: { line: lines[0], character: 0 }, end: { line: lines[1], character: 9 } };
  const old = { line: 1, end_line: 1, path: null, commit: null };
  const said = { title, why: "It leaks.", fix: null, severity: "warning", state: "open" };
  return { fingerprint: title, uri: FILE, path: "café.py", range, side: "new", old, ...said, ...more };
}

function root(findings: readonly Finding[], more: Partial<Root> = {}): Root {
  return { root: "file:///work", findings, ledger: [], ...more };
}

function row(path: string, outcome: string, more: Partial<Row> = {}): Row {
  return { path, outcome, new_start: 3, new_lines: 2, old_lines: 0, reason: null, ...more };
}

/** The descriptions of a tree, each level a list. */
function drawn(nodes: readonly Node[]): unknown[] {
  return nodes.map((node) => (children(node).length > 0 ? [description(node), drawn(children(node))] : description(node)));
}

function titles(findings: readonly Finding[], line: number, states = ["open"], uri = FILE): string[] {
  return meant({ roots: [root([]), root(findings)] }, uri, line, states).map(({ title }) => title);
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
  const first = [finding("a", [3, 5]), finding("b", null, { state: "stale" }), finding("c", [0, 0], other)];
  const shown = tree({ roots: [root([]), root(first)] });
  assert.deepEqual(shown.map((file) => (file as FileNode).path), ["café.py", "d.py"]);
  assert.deepEqual(drawn(shown), [["2", ["line 4", "stale"]], ["1", ["line 1"]]]);
  assert.deepEqual(shown.flatMap(children).map((node) => icon(node as FindingNode)), ["warning", "history", "warning"]);
});

test("what was decided about and what was covered stand below; what is missing is said first", () => {
  const ledger = [
    row("a b.py", "reviewed"),
    row("big.bin", "skipped", { new_start: 0, new_lines: 0, reason: "binary" }),
    row("c.py", "failed", { new_lines: 1, reason: "no answer" }),
    row("d.py", "cached", { new_lines: 0, old_lines: 2 }),
  ];
  const shown = tree({ roots: [root([finding("a", [3, 5], { state: "dismissed" })], { ledger })] });
  assert.deepEqual(drawn(shown), [
    ["1", ["café.py, line 4"]],
    [
      "2 of 4 reviewed, 1 failed, 1 skipped",
      ["line 3, failed, no answer", "skipped, binary", "lines 3-4, reviewed", "removed at line 3, cached"],
    ],
  ]);
  const [, coverage] = shown as readonly [Node, Exclude<Node, FileNode>];
  assert.equal(icon(coverage), "warning");
  assert.deepEqual(children(coverage).map((node) => icon(node as Exclude<Node, FileNode>)), ["warning", "circle-slash", "pass", "pass"]);
  assert.deepEqual(children(coverage).map((node) => node.kind === "row" && node.uri).slice(2), ["file:///work/a%20b.py", "file:///work/d.py"]);
  assert.deepEqual(drawn(tree({ roots: [root([], { ledger: ledger.slice(0, 1) })] })), [["1 reviewed", ["lines 3-4, reviewed"]]]);
});

test("two repositories are told apart, and one with nothing to show is left out", () => {
  const two = [root([finding("a", [0, 0])]), root([], { root: "file:///empty" }), root([finding("b", [1, 1])], { root: "file:///other" })];
  const shown = tree({ roots: two });
  assert.deepEqual(shown.map((node) => node.kind === "root" && node.uri), ["file:///work", "file:///other"]);
  assert.deepEqual(drawn(shown), [["", [["1", ["line 1"]]]], ["", [["1", ["line 2"]]]]]);
});

test("only a line of the tree names a finding", () => {
  const known = finding("a", [0, 0]);
  assert.equal(findingOf({ kind: "finding", finding: known }), known);
  for (const other of [undefined, null, 7, "x", { kind: "file" }, known]) {
    assert.equal(findingOf(other), undefined);
  }
});

test("a side of a diff is read from the git extension's own query, and nothing else", () => {
  assert.deepEqual(readSide({ scheme: "git", query: '{"path":"/a.py","ref":"~"}' }), { path: "/a.py", ref: "~" });
  for (const [scheme, query] of [["file", '{"path":"/a.py","ref":"~"}'], ["git", ""], ["git", "null"], ["git", '{"path":"/a.py"}']]) {
    assert.equal(readSide({ scheme, query } as { scheme: string; query: string }), undefined);
  }
});

test("removed code stands on the side before, under the name it had, and what is there on the other", () => {
  const old = { line: 4, end_line: 5, path: "old name.py", commit: "abc" };
  const lost = finding("lost", [2, 2], { side: "old", old });
  const all = [lost, finding("new", [7, 8]), finding("gone", null), finding("done", [1, 1], { state: "dismissed" })];
  const listing = { roots: [root(all)] };
  assert.deepEqual(removed(listing, "file:///work/old%20name.py"), [lost]);
  assert.deepEqual(removed(listing, FILE), []);
  assert.deepEqual(present(listing, FILE).map(({ finding: { title }, first, last }) => [title, first, last]), [["new", 7, 8]]);
  assert.equal(told(finding("x", null, { fix: "Mask it." })), "It leaks.\n\nFix: Mask it.");
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
