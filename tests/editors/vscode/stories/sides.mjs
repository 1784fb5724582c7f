// The sides of a diff that are no files, and the menu of a finding in the tree.

export default async function sides(window, seen) {
  await window.openFile("views.py");
  await window.command("Git: Open Changes");
  seen.removed = await window.threads();
  await window.picture("removed");
  await window.command("View: Close Editor");

  await window.openFile("staged.py");
  await window.command("Source Control: Focus on Changes View");
  await window.page.locator(".scm-view .monaco-list-row").filter({ hasText: "staged.py" }).first().click();
  seen.stagedThreads = await window.threads();
  await window.picture("staged");
  await window.command("View: Close Editor");

  await window.openFile("tools.py");
  await window.marked();
  await window.inMenuOf("A shell runs", "Explain finding");
  const text = window.page.locator(".editor-group-container").last().locator(".view-lines");
  await text.filter({ hasText: "To say that you know" }).waitFor();
  await window.picture("explanation");
  await window.inMenuOf("A shell runs", "Dismiss finding");
  await window.answer("why?", "only we call it");
  await window.unmarked();
  await window.toggle("Dismissed");
  seen.decided = await window.tree("what was decided", (rows) => rows.some((row) => row.includes("A shell runs")));
  await window.picture("decided");
  await window.inMenuOf("A shell runs", "Restore dismissed finding");
  await window.marked();
  seen.restored = true;
}
