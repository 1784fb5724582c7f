import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { candidates, explain, isNewEnough, parseProbe, PROBE, tooOld } from "../src/core/python";

const linux = { platform: "linux", home: "/home/ada" } as const;
const commands = (places: Parameters<typeof candidates>[0]) =>
  candidates(places).map(({ command, args }) => [command, ...args].join(" "));

test("without a setting the Python extension is asked first, then PATH", () => {
  assert.deepEqual(commands({ ...linux, extension: "/venv/bin/python" }), ["/venv/bin/python", "python3", "python"]);
  assert.deepEqual(commands(linux), ["python3", "python"]);
});

test("on Windows the launcher comes before python, which may be the store's placeholder", () => {
  assert.deepEqual(commands({ platform: "win32", home: "C:\\Users\\ada" }), ["py -3", "python"]);
});

test("a setting stands alone, and may begin with the home folder", () => {
  assert.deepEqual(commands({ ...linux, setting: "~/py/bin/python", extension: "/x" }), ["/home/ada/py/bin/python"]);
  assert.deepEqual(commands({ ...linux, setting: "~other/python" }), ["~other/python"]);
});

test("the probe's answer is the last line, whatever a start-up file printed before it", () => {
  assert.deepEqual(parseProbe('hello\r\n[3, 12, "C:\\\\Py\\\\python.exe"]\r\n'), {
    path: "C:\\Py\\python.exe",
    major: 3,
    minor: 12,
  });
});

test("what is no answer is not taken for one", () => {
  for (const output of ["", "Python was not found", "[3, 12]", '["3", 12, "x"]', '[3, 12, ""]', '[3, 12, null]', "{}", "null"]) {
    assert.equal(parseProbe(output), undefined, output);
  }
});

test("3.11 and newer will do", () => {
  const python = (major: number, minor: number) => ({ path: "p", major, minor });
  assert.deepEqual(
    [python(2, 7), python(3, 10), python(3, 11), python(3, 14), python(4, 0)].map(isNewEnough),
    [false, false, true, true, true],
  );
});

test("a real Python understands the probe", (context) => {
  let output: string;
  try {
    output = execFileSync("python3", PROBE, { encoding: "utf8" });
  } catch {
    context.skip("no python3 on PATH");
    return;
  }
  assert.equal(parseProbe(output)?.major, 3);
});

test("the sentence says what was tried and what to do", () => {
  const [first, second] = candidates(linux);
  assert.ok(first && second);
  const sentence = explain([
    { candidate: first, reason: tooOld({ path: "p", major: 3, minor: 9 }) },
    { candidate: second, reason: "does not exist" },
  ]);
  assert.match(sentence, /needs Python 3\.11 or newer: python3 \(PATH\) is Python 3\.9; python \(PATH\) does not exist\./);
  assert.match(sentence, /diffvet\.interpreter/);
});

test("a setting that is wrong is named as what to correct", () => {
  const [set] = candidates({ ...linux, setting: "~/none" });
  assert.ok(set);
  assert.equal(
    explain([{ candidate: set, reason: "does not exist" }]),
    "Diffvet needs Python 3.11 or newer, and the setting diffvet.interpreter names /home/ada/none, which does not exist. " +
      "Correct it, or clear it to use the Python on PATH.",
  );
});
