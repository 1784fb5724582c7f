/** The commands about one finding: go to it, read about it, decide about it. */

import * as vscode from "vscode";
import { label, meant, reasonProblem } from "./core/findings";
import type { Finding, Listing } from "./core/findings";
import { asked, cursor, execute } from "./execute";
import type { Explanations } from "./explanations";
import type { Server } from "./server";

/** The server opens the document; it answers null where there is nothing to go to. */
export async function go(server: Server, which: "next" | "previous"): Promise<void> {
  const place = cursor();
  if (place && (await execute(server, `diffvet.server.${which}Finding`, place.uri, place.position)) === null) {
    void vscode.window.showInformationMessage("Diffvet has no findings in this repository.");
  }
}

export async function explain(server: Server, explanations: Explanations, named?: Finding): Promise<void> {
  const finding = named ?? (await choose(server, "explain", ["open"]));
  const text = finding && (await execute(server, "diffvet.server.explain", finding.uri, finding.fingerprint));
  if (typeof text === "string") {
    await explanations.show(text);
  }
}

export async function dismiss(server: Server, named?: Finding): Promise<void> {
  await decide(server, "dismiss", "diffvet.server.dismiss", "Kept for you, on this machine.", named);
}

export async function addToBaseline(server: Server, named?: Finding): Promise<void> {
  const prompt = "Written into the repository's baseline, for everybody.";
  await decide(server, "add to the baseline", "diffvet.server.addToBaseline", prompt, named);
}

export async function restore(server: Server, named?: Finding): Promise<void> {
  const finding = named ?? (await choose(server, "restore", ["dismissed"]));
  if (finding) {
    await execute(server, "diffvet.server.restore", finding.uri, finding.fingerprint);
  }
}

async function decide(server: Server, verb: string, command: string, prompt: string, named?: Finding): Promise<void> {
  const finding = named ?? (await choose(server, verb, ["open"]));
  const title = `Diffvet: ${verb}: why?`;
  const reason = finding && (await vscode.window.showInputBox({ title, prompt, validateInput: reasonProblem }));
  if (finding && reason !== undefined) {
    await execute(server, command, finding.uri, finding.fingerprint, reason.trim());
  }
}

/** The finding at the cursor, or the one the user picks; undefined, and said, where none can be meant. */
async function choose(server: Server, verb: string, states: readonly string[]): Promise<Finding | undefined> {
  const place = cursor();
  const client = place && (await server.ready());
  const listing = client && (await asked<Listing>(client, "diffvet/findings", { uri: place.uri }));
  if (!listing) {
    return undefined;
  }
  const found = meant(listing, place.uri, place.position.line, states);
  if (found.length === 0) {
    void vscode.window.showInformationMessage(`This file has no finding to ${verb}.`);
  }
  if (found.length <= 1) {
    return found[0];
  }
  const items = found.map((finding) => ({ ...label(finding), finding }));
  return (await vscode.window.showQuickPick(items, { title: `Diffvet: which finding to ${verb}?` }))?.finding;
}
