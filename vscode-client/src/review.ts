/** The commands that start reviews, and the one that says what files are compared with. The server shows their progress. */

import * as vscode from "vscode";
import { cursor, execute, somewhere } from "./execute";
import type { Server } from "./server";

export type Scope = "worktree" | "staged" | "branch";

export async function reviewFile(server: Server): Promise<void> {
  const place = cursor();
  if (place) {
    await execute(server, "diffvet.server.review", place.uri);
  }
}

export async function reviewScope(server: Server, scope: Scope): Promise<void> {
  const uri = await somewhere();
  if (uri) {
    await execute(server, "diffvet.server.reviewScope", uri, scope);
  }
}

export async function reviewCommit(server: Server): Promise<void> {
  const uri = await somewhere();
  const revision = uri && (await vscode.window.showInputBox({
    title: "Diffvet: review a commit",
    prompt: "A commit, branch or tag; it is compared with its parent.",
    value: "HEAD",
  }));
  if (revision?.trim()) {
    await execute(server, "diffvet.server.reviewScope", uri, "commit", revision.trim());
  }
}

const BASES = [
  { label: "HEAD", description: "what the next commits will add", base: "head" },
  { label: "Index", description: "what is not staged yet", base: "index" },
  { label: "Branch", description: "all since the branch left the default branch", base: "branch" },
];

export async function setBase(server: Server): Promise<void> {
  const uri = await somewhere();
  const chosen = uri && (await vscode.window.showQuickPick(BASES, { title: "Diffvet: compare files with" }));
  if (chosen) {
    await execute(server, "diffvet.server.setBase", uri, chosen.base);
  }
}
