import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Crashes } from "../src/core/crashes";
import { isReviewed, SELECTOR } from "../src/core/documents";
import { serverCommand } from "../src/core/launch";
import { Tail } from "../src/core/tail";

test("the server is started isolated, in UTF-8, and away from the repository", () => {
  const { command, args, cwd } = serverCommand("/usr/bin/python3", "/ext");
  assert.equal(command, "/usr/bin/python3");
  assert.deepEqual(args, ["-I", "-X", "utf8", join("/ext", "bundled", "launch.py"), "lsp"]);
  assert.equal(cwd, join("/ext", "bundled"));
});

test("only files on disk are reviewed, so that the git side of a diff view is not a second copy", () => {
  assert.deepEqual(SELECTOR, [{ scheme: "file" }]);
  assert.deepEqual(["file", "git", "untitled", "output", "vscode-scm"].map(isReviewed), [true, false, false, false, false]);
});

test("a few crashes in a while are survived, the next one is not", () => {
  const crashes = new Crashes(3, 1000);
  assert.deepEqual([0, 10, 20, 30].map((time) => crashes.mayRestart(time)), [true, true, true, false]);
  assert.equal(crashes.mayRestart(1029), true, "those of long ago do not count");
});

test("a restart by hand forgives the crashes before it", () => {
  const crashes = new Crashes(1, 1000);
  crashes.mayRestart(0);
  crashes.forget();
  assert.equal(crashes.mayRestart(1), true);
});

test("the tail joins lines that came in pieces and keeps the last ones", () => {
  const tail = new Tail(2);
  assert.deepEqual(tail.add("Traceback\n  File"), ["Traceback"]);
  assert.deepEqual(tail.add(' "x"\r\n\r\nImportError: no'), ['  File "x"', ""]);
  tail.add(" module");
  assert.equal(tail.quoted(), " It said: ImportError: no module");
  assert.equal(tail.text(), '  File "x"\nImportError: no module');
  assert.equal(new Tail().quoted(), "", "silence is not quoted");
});
