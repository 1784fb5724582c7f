/** Wires the parts together when a window opens; the server itself starts with the first file. */

import * as vscode from "vscode";
import { ApiKey } from "./apiKey";
import { isReviewed } from "./core/documents";
import { findingOf } from "./core/findings";
import type { Finding } from "./core/findings";
import { needsRestart } from "./core/settings";
import { Explanations } from "./explanations";
import { addToBaseline, dismiss, explain, go, restore } from "./findings";
import { reviewCommit, reviewFile, reviewScope, setBase } from "./review";
import { Server } from "./server";
import { Status } from "./status";
import { Threads } from "./threads";
import { Tree } from "./tree";

let server: Server | undefined;

/** The commands that need the server, by their ids below `diffvet`; those of the server itself are `diffvet.server.*`. */
const COMMANDS: Readonly<Record<string, (server: Server, explanations: Explanations, named?: Finding) => Promise<void>>> = {
  review: reviewFile,
  reviewWorktree: (running) => reviewScope(running, "worktree"),
  reviewStaged: (running) => reviewScope(running, "staged"),
  reviewBranch: (running) => reviewScope(running, "branch"),
  reviewCommit,
  setBase,
  nextFinding: (running) => go(running, "next"),
  previousFinding: (running) => go(running, "previous"),
  explain,
  dismiss: (running, _, named) => dismiss(running, named),
  restore: (running, _, named) => restore(running, named),
  addToBaseline: (running, _, named) => addToBaseline(running, named),
};

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Diffvet", { log: true });
  const status = new Status();
  const apiKey = new ApiKey(context.secrets);
  const explanations = new Explanations();
  const tree = new Tree(() => running);
  const threads = new Threads(() => running);
  const running: Server = new Server(
    context.extensionPath,
    apiKey,
    log,
    (health) => {
      status.show(health);
      void vscode.commands.executeCommand("setContext", "diffvet.state", health.kind);
    },
    (text) => void explanations.show(text),
    () => {
      tree.refresh();
      threads.refresh();
    },
  );
  server = running;

  let awake = false;
  const wake = (documents: readonly vscode.TextDocument[]): void => {
    if (!awake && documents.some(({ uri }) => isReviewed(uri.scheme))) {
      awake = true;
      void running.restart();
    }
  };
  /** A new start without the past: when nothing runs yet there is nothing to restart. */
  const refresh = (): void => {
    if (awake) {
      running.forgiveCrashes();
      void running.restart();
    }
  };

  context.subscriptions.push(
    log,
    status,
    explanations,
    tree,
    threads,
    vscode.window.registerTreeDataProvider("diffvet.findings", tree),
    vscode.commands.registerCommand("diffvet.showOutput", () => log.show()),
    vscode.commands.registerCommand("diffvet.restart", () => {
      awake = true;
      refresh();
    }),
    vscode.commands.registerCommand("diffvet.setApiKey", () => apiKey.ask()),
    vscode.commands.registerCommand("diffvet.clearApiKey", () => apiKey.clear()),
    ...Object.entries(COMMANDS).map(([name, run]) =>
      vscode.commands.registerCommand(`diffvet.${name}`, (clicked?: unknown) => {
        awake = true;
        return run(running, explanations, findingOf(clicked));
      }),
    ),
    vscode.workspace.onDidOpenTextDocument((document) => wake([document])),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (needsRestart((section) => event.affectsConfiguration(section))) {
        refresh();
      }
    }),
    apiKey.onDidChange(refresh),
  );
  wake(vscode.workspace.textDocuments);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
