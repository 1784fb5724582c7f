/** What has been reviewed, as a tree: files with their findings, what was decided about, and the coverage ledger. */

import { at } from "./findings";
import type { Finding, Listing, Root, Row } from "./findings";

export interface RootNode {
  readonly kind: "root";
  readonly uri: string;
  readonly children: readonly Node[];
}

export interface FileNode {
  readonly kind: "file";
  readonly uri: string;
  readonly path: string;
  readonly findings: readonly FindingNode[];
}

export interface FindingNode {
  readonly kind: "finding";
  readonly finding: Finding;
  /** The file to name beside it, where it does not stand below that. */
  readonly path?: string;
}

export interface DecidedNode {
  readonly kind: "decided";
  readonly findings: readonly FindingNode[];
}

export interface CoverageNode {
  readonly kind: "coverage";
  readonly rows: readonly RowNode[];
}

/** One hunk, or a change of a file that has none. */
export interface RowNode {
  readonly kind: "row";
  readonly uri: string;
  readonly row: Row;
}

export type Node = RootNode | FileNode | FindingNode | DecidedNode | CoverageNode | RowNode;

const SHOWN: readonly string[] = ["open", "stale"];
/** What is missing comes first. */
const OUTCOMES: readonly string[] = ["failed", "skipped", "reviewed", "cached"];

/** The tree of all roots; where only one has something to show, without a node for it. */
export function tree({ roots }: Listing): readonly Node[] {
  const filled = roots.map(rootNode).filter(({ children }) => children.length > 0);
  return filled.length === 1 && filled[0] ? filled[0].children : filled;
}

function rootNode({ root, findings, ledger }: Root): RootNode {
  const decided = findings.filter(({ state }) => !SHOWN.includes(state)).map((finding): FindingNode => ({ ...findingNode(finding), path: finding.path }));
  const rows = ledger
    .map((row): RowNode => ({ kind: "row", uri: at(root, row.path), row }))
    .sort((one, other) => OUTCOMES.indexOf(one.row.outcome) - OUTCOMES.indexOf(other.row.outcome));
  return {
    kind: "root",
    uri: root,
    children: [
      ...files(findings),
      ...(decided.length > 0 ? [{ kind: "decided", findings: decided } as const] : []),
      ...(rows.length > 0 ? [{ kind: "coverage", rows } as const] : []),
    ],
  };
}

/** The files that have something to show, in the server's order. */
function files(findings: readonly Finding[]): FileNode[] {
  const found = new Map<string, { path: string; findings: FindingNode[] }>();
  for (const finding of findings.filter(({ state }) => SHOWN.includes(state))) {
    const file = found.get(finding.uri) ?? { path: finding.path, findings: [] };
    file.findings.push(findingNode(finding));
    found.set(finding.uri, file);
  }
  return [...found].map(([uri, file]) => ({ kind: "file", uri, ...file }));
}

function findingNode(finding: Finding): FindingNode {
  return { kind: "finding", finding };
}

export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "root":
      return node.children;
    case "file":
    case "decided":
      return node.findings;
    case "coverage":
      return node.rows;
    default:
      return [];
  }
}

/** What a line of the tree shows beside its label. */
export function description(node: Node): string {
  switch (node.kind) {
    case "root":
      return "";
    case "file":
    case "decided":
      return String(node.findings.length);
    case "finding":
      return [node.path, place(node.finding)].filter(Boolean).join(", ");
    case "coverage":
      return covered(node.rows.map(({ row }) => row));
    case "row":
      return [lines(node.row), node.row.outcome, node.row.reason].filter(Boolean).join(", ");
  }
}

function place({ range, state }: Finding): string {
  return range ? `line ${range.start.line + 1}` : state;
}

/** How much of the change was reviewed: never more than is true. */
function covered(rows: readonly Row[]): string {
  const lacking = (outcome: string): string[] => {
    const count = rows.filter((row) => row.outcome === outcome).length;
    return count > 0 ? [`${count} ${outcome}`] : [];
  };
  const read = rows.filter(({ outcome }) => outcome === "reviewed" || outcome === "cached").length;
  const all = read === rows.length ? `${read} reviewed` : `${read} of ${rows.length} reviewed`;
  return [all, ...lacking("failed"), ...lacking("skipped")].join(", ");
}

function lines({ new_start: start, new_lines: count, old_lines: removed }: Row): string {
  if (count > 0) {
    return count === 1 ? `line ${start}` : `lines ${start}-${start + count - 1}`;
  }
  return removed > 0 ? `removed at line ${start}` : "";
}

/** The icon of a line that is no file, one of the editor's own. */
export function icon(node: Exclude<Node, FileNode>): string {
  switch (node.kind) {
    case "root":
      return "repo";
    case "decided":
      return "archive";
    case "coverage":
      return node.rows.some(({ row }) => row.outcome === "failed") ? "warning" : "checklist";
    case "row":
      return { failed: "warning", skipped: "circle-slash" }[node.row.outcome] ?? "pass";
    case "finding":
      return findingIcon(node.finding);
  }
}

function findingIcon({ severity, state }: Finding): string {
  if (state !== "open") {
    return state === "stale" ? "history" : "archive";
  }
  return ["error", "warning"].includes(severity) ? severity : "info";
}
