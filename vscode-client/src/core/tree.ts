/** The findings as a tree: files, and in each the findings that are open or stale. */

import type { Finding, Listing } from "./findings";

export interface FileNode {
  readonly kind: "file";
  readonly uri: string;
  readonly path: string;
  readonly findings: readonly FindingNode[];
}

export interface FindingNode {
  readonly kind: "finding";
  readonly finding: Finding;
}

export type Node = FileNode | FindingNode;

const SHOWN: readonly string[] = ["open", "stale"];

/** The files of all roots that have something to show, in the server's order. */
export function files({ roots }: Listing): FileNode[] {
  const found = new Map<string, { path: string; findings: FindingNode[] }>();
  for (const finding of roots.flatMap(({ findings }) => findings)) {
    if (SHOWN.includes(finding.state)) {
      const file = found.get(finding.uri) ?? { path: finding.path, findings: [] };
      file.findings.push({ kind: "finding", finding });
      found.set(finding.uri, file);
    }
  }
  return [...found].map(([uri, file]) => ({ kind: "file", uri, ...file }));
}

/** What a line of the tree shows beside its label. */
export function description(node: Node): string {
  if (node.kind === "file") {
    return String(node.findings.length);
  }
  const { range, state } = node.finding;
  return range ? `line ${range.start.line + 1}` : state;
}

/** The icon of a finding, one of the editor's own. */
export function icon({ severity, state }: Finding): string {
  return state === "stale" ? "history" : ["error", "warning"].includes(severity) ? severity : "info";
}
