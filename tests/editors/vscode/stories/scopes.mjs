// From an empty window to reviews of every scope: work tree, index, branch, a commit; and what files are compared with.
import { plain } from "../workbench.mjs";

export default async function scopes(window, seen) {
  const view = await window.findings();
  await view.locator(".welcome-view .monaco-button").waitFor();
  seen.welcome = plain(await view.locator(".welcome-view").innerText());
  await window.picture("welcome");
  await view.locator(".welcome-view .monaco-button").filter({ hasText: "Review all changes" }).click();
  window.chosen.push("Diffvet: Review all changes of the working tree");
  seen.first = await window.tree("the work tree", (rows) => rows.some((row) => row.includes("views.py")));
  await window.picture("tree");

  await window.command("Diffvet: Review what is staged");
  seen.staged = await window.tree("the index", (rows) => rows.length > 0 && !rows.some((row) => row.includes("tools.py")));
  await window.command("Diffvet: Review the branch");
  seen.branch = await window.tree("the branch", (rows) => rows.some((row) => row.includes("early.py")));
  await window.command("Diffvet: Review a commit");
  await window.picture("commit");
  await window.answer("A commit, branch or tag", "HEAD~1");
  seen.commit = await window.tree("a commit", (rows) => rows.length > 0 && !rows.some((row) => row.includes("late.py")));
  await window.command("Diffvet: Review a commit");
  await window.answer("A commit, branch or tag", "nowhere");
  seen.wrong = await window.message("nowhere");
  await window.command("Diffvet: Review all changes of the working tree");
  seen.again = await window.tree("the work tree again", (rows) => rows.some((row) => row.includes("views.py")));

  await jump(window, seen);
  await compare(window, seen);
  await rest(window, seen);
}

/** By the tree, and by the commands, through files that no editor had open. */
async function jump(window, seen) {
  const row = window.page.locator(".pane .monaco-list-row").filter({ hasText: "line" }).first();
  await row.click();
  await window.inFront("staged.py");
  seen.byTree = await window.place("selected");
  await window.marked();
  await window.command("Diffvet: Go to next finding");
  await window.inFront("tools.py");
  seen.next = await window.place("selected");
  await window.command("Diffvet: Go to previous finding");
  await window.inFront("staged.py");
  seen.previous = await window.place("selected");
}

/** A file that is as it was committed has findings when it is compared with where the branch began. */
async function compare(window, seen) {
  await window.openFile("early.py");
  await window.unmarked();
  await window.command("Diffvet: Compare files with");
  seen.bases = await window.pick("compare files with", "Branch");
  await window.marked();
  seen.againstBranch = true;
  await window.command("Diffvet: Compare files with");
  await window.pick("compare files with", "HEAD");
  await window.unmarked();
  seen.againstHead = true;
}

/** What is typed and not saved is reviewed on command; and a finding is accepted for everybody. */
async function rest(window, seen) {
  await window.openFile("late.py");
  await window.type(5, "    return subprocess.run(cmd, shell=True)");
  await window.unmarked();
  await window.command("Diffvet: Review this file now");
  await window.marked();
  seen.unsaved = await window.problems();
  await window.picture("unsaved");

  await window.openFile("staged.py");
  await window.marked();
  await window.command("Diffvet: Add finding to the baseline");
  seen.which = await window.pick("which finding", "Certificate");
  seen.noReason = await window.refused("why?", " -- ");
  await window.answer("why?", "an old test server");
  await window.tree("one finding of staged.py", (rows) => rows.includes("staged.py 1"));
}
