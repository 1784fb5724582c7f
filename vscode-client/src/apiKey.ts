/** The API key lives in the editor's secret storage, and nowhere else on this side. */

import * as vscode from "vscode";
import { keyProblem } from "./core/settings";

const NAME = "diffvet.apiKey";

export class ApiKey {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  read(): Thenable<string | undefined> {
    return this.secrets.get(NAME);
  }

  /** Calls `listener` when the key was set or cleared, in this window or another. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key === NAME) {
        listener();
      }
    });
  }

  async ask(): Promise<void> {
    const key = await vscode.window.showInputBox({
      title: "Diffvet: API key",
      prompt: "Kept in the editor's secret storage and given only to Diffvet's own server.",
      password: true,
      ignoreFocusOut: true,
      validateInput: keyProblem,
    });
    if (key !== undefined) {
      await this.secrets.store(NAME, key.trim());
    }
  }

  async clear(): Promise<void> {
    await this.secrets.delete(NAME);
    void vscode.window.showInformationMessage("Diffvet's API key was removed.");
  }
}
