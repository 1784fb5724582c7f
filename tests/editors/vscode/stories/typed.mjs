// What is typed and not saved is reviewed on command; and findings are accepted for everybody.

export default async function typed(window, seen) {
  await unsaved(window, seen);
  await accept(window, seen);
}

async function unsaved(window, seen) {
  await window.openFile("late.py");
  await window.type(5, "    return subprocess.run(cmd, shell=True)");
  await window.unmarked();
  await window.command("Diffvet: Review this file now");
  await window.marked();
  seen.unsaved = await window.problems();
  await window.picture("unsaved");
}

/** A finding is accepted for everybody: one of two in the palette, the other in the tree. */
async function accept(window, seen) {
  await window.openFile("staged.py");
  await window.marked();
  await window.command("Diffvet: Add finding to the baseline");
  seen.which = await window.pick("which finding", "Certificate");
  seen.noReason = await window.refused("why?", " -- ");
  await window.answer("why?", "an old test server");
  await window.tree("one finding less", (rows) => rows.includes("staged.py 1"));
  await window.inMenuOf("time limit", "Add finding to the baseline");
  await window.answer("why?", "it answers at once");
  await window.unmarked();
}
