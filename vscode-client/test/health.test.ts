import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "../src/core/health";
import { Overview } from "../src/core/overview";
import type { Cap, RootStatus } from "../src/core/overview";
import { Work } from "../src/core/work";

test("the status names the reviewer by its host, without what a URL may hide", () => {
  const overview = new Overview();
  const detail = (endpoint: string | undefined) => present({ kind: "ready", python: "3.12", endpoint, overview }).detail;
  assert.equal(detail(undefined), "embedded reviewer, Python 3.12");
  assert.equal(detail("embedded"), "embedded reviewer, Python 3.12");
  assert.equal(detail("https://user:secret@api.example:8443/v1?key=secret"), "api.example:8443, Python 3.12");
  assert.equal(detail("not a url"), "unreadable endpoint, Python 3.12");
});

test("a failure is an error with its reason; starting is busy", () => {
  assert.deepEqual(present({ kind: "failed", reason: "no Python" }), {
    text: "Diffvet: not running",
    detail: "no Python",
    severity: "error",
    busy: false,
  });
  assert.equal(present({ kind: "starting" }).busy, true);
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

function status(root: string, more: Partial<RootStatus>): RootStatus {
  return { root, state: "idle", done: 0, total: 0, reason: null, budget: [], ...more };
}

function ready(overview: Overview, work?: string) {
  return present({ kind: "ready", python: "3.12", endpoint: undefined, overview, work });
}

test("a review whose hunks nobody has counted yet is under way all the same", () => {
  const overview = new Overview();
  overview.note(status("a", { state: "reviewing" }));
  assert.equal(overview.progress, "reviewing");
});

test("reviews of all roots are counted together, and busy until the last has ended", () => {
  const overview = new Overview();
  overview.note(status("a", { state: "reviewing", done: 1, total: 4 }));
  overview.note(status("b", { state: "reviewing", done: 2, total: 8 }));
  assert.deepEqual(ready(overview, "Reviewing a.py"), {
    text: "Diffvet: 3/12 hunks",
    detail: "Reviewing a.py",
    severity: "information",
    busy: true,
  });
  overview.note(status("a", {}));
  overview.note(status("b", {}));
  assert.deepEqual(ready(overview), {
    text: "Diffvet",
    detail: "embedded reviewer, Python 3.12",
    severity: "information",
    busy: false,
  });
});

test("an incomplete review is a warning with its reason until it is whole", () => {
  const overview = new Overview();
  overview.note(status("a", { state: "incomplete", reason: "the cap is reached" }));
  overview.note(status("b", {}));
  assert.deepEqual(ready(overview), {
    text: "Diffvet: incomplete",
    detail: "the cap is reached",
    severity: "warning",
    busy: false,
  });
  overview.note(status("a", {}));
  assert.equal(ready(overview).severity, "information");
  overview.note(status("a", { state: "incomplete" }));
  assert.equal(ready(overview).detail, "no reason was given");
});

test("of several caps the one nearest to its end is told", () => {
  const overview = new Overview();
  const cap = (more: Partial<Cap>): Cap => ({ window: "day", unit: "tokens", limit: 10_000, left: 9_000, ...more });
  overview.note(status("a", { budget: [cap({}), cap({ window: "month", unit: "credits", limit: 2, left: 0.125 })] }));
  assert.equal(ready(overview).detail, "embedded reviewer, Python 3.12; 0.13 of 2 credits left this month");
  overview.note(status("a", { budget: [cap({})] }));
  assert.equal(overview.budget, "9,000 of 10,000 tokens left today");
  overview.note(status("a", {}));
  assert.equal(overview.budget, undefined);
});
