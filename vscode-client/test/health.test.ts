import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "../src/core/health";
import { Work } from "../src/core/work";

test("the status names the reviewer by its host, without what a URL may hide", () => {
  const detail = (endpoint: string | undefined) => present({ kind: "ready", python: "3.12", endpoint }).detail;
  assert.equal(detail(undefined), "embedded reviewer, Python 3.12");
  assert.equal(detail("embedded"), "embedded reviewer, Python 3.12");
  assert.equal(detail("https://user:secret@api.example:8443/v1?key=secret"), "api.example:8443, Python 3.12");
  assert.equal(detail("not a url"), "unreadable endpoint, Python 3.12");
});

test("a failure is an error with its reason; starting and reviewing are busy", () => {
  assert.deepEqual(present({ kind: "failed", reason: "no Python" }), {
    text: "Diffvet: not running",
    detail: "no Python",
    severity: "error",
    busy: false,
  });
  assert.equal(present({ kind: "starting" }).busy, true);
  assert.equal(present({ kind: "reviewing", title: "Reviewing a.py" }).detail, "Reviewing a.py");
  assert.equal(present({ kind: "waiting" }).busy, false);
});

test("two reviews at once are busy until both have ended", () => {
  const work = new Work();
  assert.equal(work.note("a", { kind: "begin", title: "a.py" }), "a.py");
  assert.equal(work.note(2, { kind: "begin", title: "b.py" }), "b.py");
  assert.equal(work.note(2, { kind: "report" }), "b.py");
  assert.equal(work.note(2, { kind: "end" }), "a.py");
  assert.equal(work.note("a", { kind: "end" }), undefined);
});
