// A leaked key is underlined, told, explained, fixed; it comes back, is dismissed and restored.

export default async function leak(window, seen, { line, fixed, again }) {
  await read(window, seen);
  await window.type(line, fixed);
  await window.save();
  await window.unmarked();
  await window.page.locator(".markers-panel").getByText("No problems").waitFor();
  seen.cleared = true;
  await window.picture("fixed");

  // A save is reviewed, and by the same server: what it brings in is found where it is.
  await window.type(again.line, again.text);
  await window.save();
  await window.marked();
  seen.again = await window.problems();
  await decide(window, seen, again);
}

async function read(window, seen) {
  const squiggle = await window.marked();
  seen.squiggle = true;
  seen.problems = await window.problems();
  await window.picture("squiggle");

  // The mark is drawn below the text, so the pointer goes to its place rather than to the element.
  const { page } = window;
  const { x, y, width, height } = await squiggle.boundingBox();
  await page.mouse.move(x + Math.min(width / 2, 60) - 3, y + height / 2);
  await page.mouse.move(x + Math.min(width / 2, 60), y + height / 2, { steps: 4 });
  const note = page.locator(".monaco-editor .monaco-hover:not(.hidden) .hover-contents, .monaco-resizable-hover .hover-contents");
  await note.first().waitFor();
  await page.waitForFunction(
    (least) => document.querySelector(".monaco-resizable-hover, .monaco-hover:not(.hidden)")?.innerText.length > least,
    seen.problems[0].length,
  );
  seen.hover = (await note.allInnerTexts()).join("\n");
  await window.picture("hover");
  await page.keyboard.press("Escape");
}

/** The palette's commands about a finding: go to it, explain it, dismiss it with a reason, take that back. */
async function decide(window, seen, again) {
  await window.command("Diffvet: Go to next finding");
  seen.place = await window.place("selected");
  seen.tree = await window.tree("the leak", (rows) => rows.some((row) => row.includes(`line ${again.line}`)));

  await window.command("Diffvet: Explain finding");
  await window.page.locator(".tab").filter({ hasText: "explanation" }).waitFor();
  const text = window.page.locator(".editor-group-container").last().locator(".view-lines");
  await text.filter({ hasText: "To say that you know" }).waitFor();
  seen.explanation = await text.innerText();
  await window.picture("explanation");

  await window.command("Diffvet: Dismiss finding");
  await window.answer("why?", "a made-up key");
  await window.unmarked();
  seen.dismissed = true;
  await window.command("Diffvet: Restore dismissed finding");
  await window.marked();
  seen.restored = true;
}
