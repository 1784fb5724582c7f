/** The language status item: one place that tells whether the server works, and leads to its log. */

import * as vscode from "vscode";
import { SELECTOR } from "./core/documents";
import { present } from "./core/health";
import type { Health } from "./core/health";

const SEVERITIES = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
} as const;

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("diffvet.status", SELECTOR);

  constructor() {
    this.item.name = "Diffvet";
    this.item.command = { command: "diffvet.showOutput", title: "Open log" };
    this.show({ kind: "waiting" });
  }

  show(health: Health): void {
    const { text, detail, severity, busy } = present(health);
    this.item.text = text;
    this.item.detail = detail;
    this.item.busy = busy;
    this.item.severity = SEVERITIES[severity];
  }

  dispose(): void {
    this.item.dispose();
  }
}
