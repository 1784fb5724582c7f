/** Explanations of findings, as read-only text beside the code: they quote code and a model, so nothing is rendered. */

import * as vscode from "vscode";

const SCHEME = "diffvet-explanation";
const PLACE = vscode.Uri.from({ scheme: SCHEME, path: "Diffvet: explanation" }); // a name that package.json gives long lines room for

export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private text = "";
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Show `text` in place of the last explanation. */
  async show(text: string): Promise<void> {
    this.text = text;
    this.changed.fire(PLACE);
    const document = await vscode.workspace.openTextDocument(PLACE);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
