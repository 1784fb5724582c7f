/** "Review changes now": asks the server, which starts a job and shows its progress. */

import * as vscode from "vscode";
import { isReviewed } from "./core/documents";
import type { Server } from "./server";

const REQUEST = "diffvet.server.review";

export async function reviewNow(server: Server): Promise<void> {
  const client = await server.ready();
  if (!client) {
    return; // why it did not start has been said
  }
  const offered = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
  if (!offered.includes(REQUEST)) {
    void vscode.window.showInformationMessage("Diffvet reviews a file when it is opened and when it is saved.");
    return;
  }
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !isReviewed(document.uri.scheme)) {
    void vscode.window.showInformationMessage("Open a file of the change first; Diffvet reviews files on disk.");
    return;
  }
  await client.sendRequest("workspace/executeCommand", {
    command: REQUEST,
    arguments: [client.code2ProtocolConverter.asUri(document.uri)],
  });
}
