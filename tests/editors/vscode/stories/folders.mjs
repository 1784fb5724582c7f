// A window of two repositories and a folder that is none.

export default async function folders(window, seen) {
  await window.command("Diffvet: Review all changes of the working tree");
  seen.choices = await window.pick("in which folder", "second");
  await window.tree("the second repository", (rows) => rows.some((row) => row.includes("app.py")));
  await window.command("Diffvet: Review all changes of the working tree");
  await window.pick("in which folder", "first");
  seen.both = await window.tree("both repositories", (rows) => rows.filter((row) => row.includes("app.py")).length === 2);
  await window.picture("folders");
  await window.command("Diffvet: Review all changes of the working tree");
  await window.pick("in which folder", "plain");
  seen.plain = await window.message("not inside a git repository");
  await window.openFile("lonely.py");
  await window.command("Diffvet: Dismiss finding");
  seen.nothing = await window.message("no finding to dismiss");
}
