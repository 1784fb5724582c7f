// A server that cannot start says why and what to do; a corrected setting starts it; and what settings and a key change.
import { existsSync } from "node:fs";
import { plain } from "../window.mjs";

export default async function trouble(window, seen, { listening, captured, right, model, typed }, workbench) {
  seen.toast = await window.message("Python", "Settings");
  await window.page.locator(".settings-editor").getByText("Interpreter", { exact: true }).waitFor();
  await window.picture("settings");
  await window.page.keyboard.press("Escape");
  seen.notRunning = await window.status("not running");
  const view = await window.findings();
  await view.locator(".welcome-view .monaco-button").first().waitFor();
  seen.view = plain(await view.locator(".welcome-view").innerText());
  await window.picture("trouble");

  workbench.set("Machine", listening);
  await window.until("the introduction", () => existsSync(captured) || undefined);

  workbench.set("Machine", right);
  await window.marked();
  seen.working = await window.status("embedded reviewer");
  await window.picture("status");

  workbench.set("Machine", { ...right, "diffvet.minSeverity": "error" });
  await window.unmarked();
  workbench.set("Machine", right);
  await window.marked();
  seen.severity = true;

  seen.restarted = await anew(window, workbench, () => window.command("Diffvet: Restart language server"));
  await window.marked();
  await anew(window, workbench, ([doomed]) => process.kill(doomed, "SIGKILL"));
  await window.marked();
  seen.crashed = await window.messages();

  await window.command("Diffvet: Set API key");
  seen.badKey = await window.refused("API key", "two words");
  await window.picture("key");
  await anew(window, workbench, () => window.answer("API key", model.key));
  await anew(window, workbench, () => workbench.set("Machine", { ...right, ...model.settings }));
  seen.model = await window.status("127.0.0.1");
  await window.unmarked(); // it was asked, and has nothing against the code
  await anew(window, workbench, () => window.command("Diffvet: Clear API key"));
  seen.cleared = await window.message("API key was removed");
  await window.status("127.0.0.1");
  await window.type(typed.line, typed.text);
  await window.save();
  await window.unmarked();
  await window.tree("what the model read", (rows) => !rows.some((row) => row.includes("app.py")));

  // A model that answers nonsense has reviewed nothing, and nothing says that it had.
  await window.type(typed.line, typed.unread);
  await window.save();
  seen.ledger = await window.tree("what was not reviewed", (rows) => rows.some((row) => row.includes("failed")));
  seen.incomplete = await window.status("incomplete");
  await window.picture("incomplete");

  await window.command("Diffvet: Show log");
  await window.page.locator(".part.panel").filter({ hasText: "Diffvet" }).waitFor();
  await window.picture("log");
}

/** Do what takes another server; the ids of those before and after. */
async function anew(window, workbench, act) {
  const before = workbench.servers();
  await act(before);
  const after = await window.until("another server", () => {
    const now = workbench.servers();
    return now.length === 1 && now[0] !== before[0] ? now : undefined;
  });
  return [before, after];
}
