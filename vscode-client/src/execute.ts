/** Asks the server to do something for a command of the palette. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { isReviewed } from "./core/documents";
import type { Server } from "./server";

/** What `command` answers; undefined where it could not be carried out, which the user has been told. */
export async function execute(server: Server, command: string, ...args: unknown[]): Promise<unknown> {
  const client = await server.ready();
  if (!client) {
    return undefined; // why it did not start has been said
  }
  const offered = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
  if (!offered.includes(command)) {
    void vscode.window.showInformationMessage("The installed Diffvet server is older than this extension and cannot do that.");
    return undefined;
  }
  return asked(client, "workspace/executeCommand", { command, arguments: args });
}

/** What the server answers to `method`; undefined for an error, which the user has been told. */
export async function asked<Answer>(client: LanguageClient, method: string, params: object): Promise<Answer | undefined> {
  try {
    return await client.sendRequest<Answer>(method, params);
  } catch (error) {
    void vscode.window.showErrorMessage(`Diffvet: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

export interface Place {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

/** The cursor in the file in front of the user; undefined, and said, where no file on disk is. */
export function cursor(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !isReviewed(editor.document.uri.scheme)) {
    void vscode.window.showInformationMessage("Open a file of the change first; Diffvet reviews files on disk.");
    return undefined;
  }
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

/** The file in front of the user, else the folder, which the user is asked for where there are more: the repository that is meant. */
export async function somewhere(): Promise<string | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && isReviewed(active.scheme)) {
    return active.toString();
  }
  const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => isReviewed(uri.scheme)) ?? [];
  if (folders.length === 0) {
    void vscode.window.showInformationMessage("Open a folder of the repository first.");
    return undefined;
  }
  const placeHolder = "Diffvet: in which folder?";
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick({ placeHolder });
  return folder?.uri.toString();
}
