// From an empty window to reviews of every scope: work tree, index, branch, a commit; and what files are compared with.
import { plain } from "../window.mjs";

export default async function scopes(window, seen) {
  const view = await window.findings();
  await view.locator(".welcome-view .monaco-button").waitFor();
  seen.welcome = plain(await view.locator(".welcome-view").innerText());
  await window.picture("welcome");
  await view.locator(".welcome-view .monaco-button").filter({ hasText: "Review all changes" }).click();
  seen.first = await window.tree("the work tree", (rows) => rows.some((row) => row.includes("views.py")));
  await window.picture("tree");

  await window.inTitle("Review what is staged");
  seen.staged = await window.tree("the index", (rows) => rows.length > 0 && !rows.some((row) => row.includes("tools.py")));
  await window.inTitle("Review the branch");
  seen.branch = await window.tree("the branch", (rows) => rows.some((row) => row.includes("early.py")));
  await window.inTitle("Review a commit");
  await window.answer("A commit, branch or tag", "HEAD~1");
  seen.commit = await window.tree("a commit", (rows) => rows.length > 0 && !rows.some((row) => row.includes("late.py")));
  await window.command("Diffvet: Review a commit");
  await window.answer("A commit, branch or tag", "nowhere");
  seen.wrong = await window.message("nowhere");
  await window.inTitle("Review all changes of the working tree");
  seen.again = await window.tree("the work tree again", (rows) => rows.some((row) => row.includes("views.py")));

  await cover(window, seen);
  await jump(window, seen);
  await compare(window, seen);
}

/** The ledger below the findings. */
async function cover(window, seen) {
  for (const file of ["staged.py", "tools.py", "views.py"]) await window.toggle(file); // room for what stands below
  await window.toggle("Coverage");
  seen.ledger = await window.tree("the ledger", (rows) => rows.filter((row) => row.includes("reviewed")).length > 1);
  await window.picture("coverage");
  await window.toggle("Coverage");
  for (const file of ["staged.py", "tools.py"]) await window.toggle(file);
}

/** By the tree, and by the commands, through files that no editor had open. */
async function jump(window, seen) {
  await window.toggle("Certificate");
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
  await window.inTitle("Compare files with");
  seen.bases = await window.pick("compare files with", "Branch");
  await window.marked();
  await window.command("Diffvet: Compare files with");
  await window.pick("compare files with", "HEAD");
  await window.unmarked();
  seen.compared = true;
}
