/** Wires the parts together when a window opens; the server itself starts with the first file. */

import * as vscode from "vscode";
import { ApiKey } from "./apiKey";
import { isReviewed } from "./core/documents";
import { needsRestart } from "./core/settings";
import { reviewNow } from "./review";
import { Server } from "./server";
import { Status } from "./status";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Diffvet", { log: true });
  const status = new Status();
  const apiKey = new ApiKey(context.secrets);
  const running = new Server(context.extensionPath, apiKey, log, (health) => status.show(health));
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
    vscode.commands.registerCommand("diffvet.showOutput", () => log.show()),
    vscode.commands.registerCommand("diffvet.restart", () => {
      awake = true;
      refresh();
    }),
    vscode.commands.registerCommand("diffvet.setApiKey", () => apiKey.ask()),
    vscode.commands.registerCommand("diffvet.clearApiKey", () => apiKey.clear()),
    vscode.commands.registerCommand("diffvet.review", () => {
      awake = true;
      return reviewNow(running);
    }),
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
