/** The view of what was reviewed, in the explorer. It asks the server when that says that something changed. */

import { posix } from "node:path";
import * as vscode from "vscode";
import { children, description, icon, tree } from "./core/tree";
import type { FindingNode, Node, RowNode } from "./core/tree";
import type { Listing } from "./core/findings";
import { asked } from "./execute";
import type { Server } from "./server";

export class Tree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly server: () => Server) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    return [...(node ? children(node) : await this.roots())];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = drawn(node);
    item.description = description(node);
    item.contextValue = node.kind === "finding" ? `diffvet.${node.finding.state}` : `diffvet.${node.kind}`;
    if (node.kind !== "file") {
      item.iconPath = new vscode.ThemeIcon(icon(node));
    }
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** Nothing while no server runs: to look is no reason to start one. */
  private async roots(): Promise<readonly Node[]> {
    const client = this.server().client;
    const listing = client && (await asked<Listing>(client, "diffvet/findings", {}));
    return listing ? tree(listing) : [];
  }
}

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

function drawn(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case "root":
      return rootItem(vscode.Uri.parse(node.uri));
    case "file":
      return fileItem(vscode.Uri.parse(node.uri), node.path);
    case "decided":
      return new vscode.TreeItem("Dismissed or in the baseline", Collapsed);
    case "coverage":
      return new vscode.TreeItem("Coverage", Collapsed);
    case "finding":
      return findingItem(node);
    case "row":
      return rowItem(node);
  }
}

/** By the name that the window has for it, where it has one. */
function rootItem(uri: vscode.Uri): vscode.TreeItem {
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.toString() === uri.toString());
  const item = new vscode.TreeItem(folder?.name ?? posix.basename(uri.path), Expanded);
  item.tooltip = uri.fsPath;
  return item;
}

function fileItem(uri: vscode.Uri, path: string): vscode.TreeItem {
  const item = new vscode.TreeItem(path, Expanded);
  item.resourceUri = uri;
  item.iconPath = vscode.ThemeIcon.File;
  return item;
}

function findingItem({ finding }: FindingNode): vscode.TreeItem {
  const item = new vscode.TreeItem(finding.title);
  const { start, end } = finding.range ?? {};
  item.tooltip = [finding.title, finding.why, finding.fix ? `Fix: ${finding.fix}` : ""].filter(Boolean).join("\n\n");
  item.command = opening(finding.uri, start && end && new vscode.Range(start.line, start.character, end.line, end.character));
  return item;
}

function rowItem(node: RowNode): vscode.TreeItem {
  const { path, new_start: start, reason } = node.row;
  const item = new vscode.TreeItem(path);
  item.tooltip = reason ? `${path}: ${description(node)}` : undefined;
  item.command = opening(node.uri, start > 0 ? new vscode.Range(start - 1, 0, start - 1, 0) : undefined);
  return item;
}

function opening(uri: string, selection: vscode.Range | undefined): vscode.Command {
  return { command: "vscode.open", title: "Open", arguments: [vscode.Uri.parse(uri), selection ? { selection } : {}] };
}
