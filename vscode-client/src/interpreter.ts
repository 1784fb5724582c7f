/** Finds the Python for the server: asks the places of core/python.ts, one after the other. */

import { execFile } from "node:child_process";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { candidates, explain, isNewEnough, parseProbe, PROBE, tooOld } from "./core/python";
import type { Candidate, Python, Refusal } from "./core/python";

/** Long enough for a cold disk; a launcher that asks a question on the terminal is not waited for. */
const PROBE_MS = 10_000;
/** The Python extension answers at once or is itself in trouble. */
const EXTENSION_MS = 5_000;

export class NoInterpreter extends Error {}

/** The first Python that is new enough; NoInterpreter says in one sentence what was tried. */
export async function findPython(setting: string | undefined, cwd: string): Promise<Python> {
  const extension = setting ? undefined : await pythonExtensionChoice();
  const refusals: Refusal[] = [];
  for (const candidate of candidates({ setting, extension, platform: process.platform, home: homedir() })) {
    const python = await probe(candidate, cwd);
    if (typeof python === "string") {
      refusals.push({ candidate, reason: python });
    } else if (isNewEnough(python)) {
      return python;
    } else {
      refusals.push({ candidate, reason: tooOld(python) });
    }
  }
  throw new NoInterpreter(explain(refusals));
}

/** The Python behind `candidate`, or why there is none. */
function probe({ command, args }: Candidate, cwd: string): Promise<Python | string> {
  return new Promise((resolve) => {
    const options = { cwd, timeout: PROBE_MS, windowsHide: true };
    execFile(command, [...args, ...PROBE], options, (error, stdout) => {
      const python = parseProbe(stdout);
      if (python) {
        resolve(python);
      } else if (error && "code" in error && error.code === "ENOENT") {
        resolve("does not exist");
      } else {
        resolve(error?.killed ? "did not answer" : "does not answer as a Python would");
      }
    });
  });
}

/** The part of the Python extension's interface that is used; it is optional here, so its types are not a dependency. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

async function pythonExtensionChoice(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (!extension) {
    return undefined;
  }
  const asked = (async () => {
    const { environments } = await extension.activate();
    const resolved = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
    return resolved?.executable.uri?.fsPath;
  })();
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, EXTENSION_MS, undefined));
  // Its failure is not ours: PATH is asked next.
  return Promise.race([asked.catch(() => undefined), late]);
}
