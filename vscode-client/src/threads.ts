/**
 * Findings on the sides of a diff that are no files on disk, where no diagnostic can stand: removed code on the left, and
 * what is staged. A thread is shown only where the side reads as what was reviewed.
 */

import * as vscode from "vscode";
import type { Finding, Listing } from "./core/findings";
import { present, readSide, removed, told } from "./core/sides";
import type { Side } from "./core/sides";
import { asked } from "./execute";
import type { Server } from "./server";

interface Placed {
  readonly uri: vscode.Uri;
  readonly finding: Finding;
  readonly lines: vscode.Range;
}

export class Threads implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController("diffvet", "Diffvet");
  private readonly watching = vscode.window.onDidChangeVisibleTextEditors(() => this.refresh());
  private threads = new Map<string, vscode.CommentThread>();
  private latest = 0;

  constructor(private readonly server: () => Server) {}

  /** Show what the diffs in front of the user want now. */
  refresh(): void {
    const turn = ++this.latest;
    void this.placed().then((placed) => {
      if (turn === this.latest) {
        this.show(placed);
      }
    });
  }

  dispose(): void {
    this.latest++;
    this.watching.dispose();
    this.controller.dispose();
  }

  private async placed(): Promise<Placed[]> {
    const uris = vscode.window.visibleTextEditors.map(({ document }) => document.uri);
    const sides = uris.map((uri) => ({ uri, side: readSide(uri) }));
    const client = this.server().client;
    if (!client || !sides.some(({ side }) => side)) {
      return [];
    }
    const listing = await asked<Listing>(client, "diffvet/findings", {});
    const found = sides.map(({ uri, side }) => (listing && side ? onSide(listing, uri, side) : []));
    return (await Promise.all(found)).flat();
  }

  /** Threads that stay are left alone, so that nothing flickers and what the user folded stays folded. */
  private show(placed: readonly Placed[]): void {
    const before = this.threads;
    this.threads = new Map();
    for (const one of placed) {
      const { uri, finding, lines } = one;
      const key = [uri.toString(), finding.fingerprint, lines.start.line, lines.end.line].join(" ");
      this.threads.set(key, before.get(key) ?? this.thread(one));
      before.delete(key);
    }
    before.forEach((thread) => thread.dispose());
  }

  private thread({ uri, finding, lines }: Placed): vscode.CommentThread {
    const comment = { author: { name: "Diffvet" }, body: told(finding), mode: vscode.CommentMode.Preview };
    const thread = this.controller.createCommentThread(uri, lines, [comment]);
    thread.label = `${finding.severity}: ${finding.title}`;
    thread.canReply = false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    return thread;
  }
}

/** The findings of one side, where it is certain that it reads as what they were found on. */
async function onSide(listing: Listing, uri: vscode.Uri, { path }: Side): Promise<Placed[]> {
  const file = vscode.Uri.file(path);
  const shown = await content(uri);
  const found: Placed[] = [];
  for (const finding of removed(listing, file.toString())) {
    const { commit, line, end_line: end } = finding.old;
    const reviewed = uri.with({ query: JSON.stringify({ path, ref: commit ?? "" } satisfies Side) });
    if (same(shown, await content(reviewed))) {
      found.push({ uri, finding, lines: new vscode.Range(line - 1, 0, end - 1, 0) });
    }
  }
  const here = present(listing, file.toString());
  if (here.length > 0 && same(shown, await content(file))) {
    found.push(...here.map(({ finding, first, last }) => ({ uri, finding, lines: new vscode.Range(first, 0, last, 0) })));
  }
  return found;
}

async function content(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch {
    return undefined; // a version without this file
  }
}

function same(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}
