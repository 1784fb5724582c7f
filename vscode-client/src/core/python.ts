/** Which Python may run the server: where to look, how to ask for its version, how to read the answer. */

export const OLDEST = [3, 11] as const;

const SETTING = "the setting diffvet.interpreter";

/** A way to start a Python, not yet tried. `origin` completes the sentence "the one from …". */
export interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly origin: string;
}

/** A Python that answered. `path` is its own idea of its executable. */
export interface Python {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
}

export interface Places {
  /** `diffvet.interpreter`, when set. */
  readonly setting?: string | undefined;
  /** What the Python extension has chosen for this window, when it is installed. */
  readonly extension?: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** The candidates in the order to try. A setting stands alone: a wrong one is said, not replaced behind the user's back. */
export function candidates({ setting, extension, platform, home }: Places): Candidate[] {
  if (setting) {
    return [{ command: expandHome(setting, home), args: [], origin: SETTING }];
  }
  const found: Candidate[] = [];
  if (extension) {
    found.push({ command: extension, args: [], origin: "the Python extension" });
  }
  const onPath = platform === "win32" ? [["py", "-3"], ["python"]] : [["python3"], ["python"]];
  for (const [command, ...args] of onPath) {
    found.push({ command: command as string, args, origin: "PATH" });
  }
  return found;
}

function expandHome(path: string, home: string): string {
  return /^~[/\\]/.test(path) ? home + path.slice(1) : path;
}

/** Arguments that make any Python, also a Python 2, say what it is: one line of ASCII JSON. */
export const PROBE: readonly string[] = [
  "-E",
  "-c",
  "import json, sys; print(json.dumps([sys.version_info[0], sys.version_info[1], sys.executable]))",
];

/** The answer to {@link PROBE}, or undefined when this is no Python's answer. */
export function parseProbe(output: string): Python | undefined {
  const last = output.trim().split(/\r?\n/).at(-1) ?? "";
  let said: unknown;
  try {
    said = JSON.parse(last);
  } catch {
    return undefined;
  }
  if (!Array.isArray(said) || said.length !== 3) {
    return undefined;
  }
  const [major, minor, path] = said as unknown[];
  if (typeof major !== "number" || typeof minor !== "number" || typeof path !== "string" || !path) {
    return undefined;
  }
  return { path, major, minor };
}

export function isNewEnough({ major, minor }: Python): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** What came of one candidate that cannot be used. */
export interface Refusal {
  readonly candidate: Candidate;
  readonly reason: string;
}

export function tooOld({ major, minor }: Python): string {
  return `is Python ${major}.${minor}`;
}

/** One sentence for the user: what is missing, what was tried, what to do. */
export function explain(refusals: readonly Refusal[]): string {
  const needed = `Diffvet needs Python ${OLDEST.join(".")} or newer`;
  const [only] = refusals;
  if (only?.candidate.origin === SETTING) {
    const { candidate: { command }, reason } = only;
    return `${needed}, and ${SETTING} names ${command}, which ${reason}. Correct it, or clear it to use the Python on PATH.`;
  }
  const tried = refusals
    .map(({ candidate: { command, args, origin }, reason }) => `${[command, ...args].join(" ")} (${origin}) ${reason}`)
    .join("; ");
  return (
    `${needed}: ${tried || "none was found"}. ` +
    "Install one, or name it in the setting diffvet.interpreter."
  );
}
