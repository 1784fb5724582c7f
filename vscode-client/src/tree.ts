/** The view of all findings in the explorer. It asks the server when that says that they changed. */

import * as vscode from "vscode";
import { description, files, icon } from "./core/tree";
import type { FileNode, Node } from "./core/tree";
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
    return node ? (node.kind === "file" ? [...node.findings] : []) : this.roots();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = node.kind === "file" ? fileItem(node) : new vscode.TreeItem(node.finding.title);
    item.description = description(node);
    if (node.kind === "finding") {
      const { uri, range } = node.finding;
      item.iconPath = new vscode.ThemeIcon(icon(node.finding));
      const where = range && new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
      item.command = {
        command: "vscode.open",
        title: "Open",
        arguments: [vscode.Uri.parse(uri), where ? { selection: where } : {}],
      };
    }
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** Nothing while no server runs: to look is no reason to start one. */
  private async roots(): Promise<FileNode[]> {
    const client = this.server().client;
    const listing = client && (await asked<Listing>(client, "diffvet/findings", {}));
    return listing ? files(listing) : [];
  }
}

function fileItem({ uri, path }: FileNode): vscode.TreeItem {
  const item = new vscode.TreeItem(path, vscode.TreeItemCollapsibleState.Expanded);
  item.resourceUri = vscode.Uri.parse(uri);
  item.iconPath = vscode.ThemeIcon.File;
  return item;
}
