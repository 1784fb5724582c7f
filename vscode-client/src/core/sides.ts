/** Which findings belong on a side of a diff that is no file on disk: the `git:` documents of the editor. */

import { at, sameFile } from "./findings";
import type { Finding, Listing } from "./findings";

export const GIT_SCHEME = "git";

/** What a `git:` document shows: a file of this machine as it is at a commit, `HEAD`, `~` or, for the index, empty. */
export interface Side {
  readonly path: string;
  readonly ref: string;
}

/** Reads the query that the editor's git extension gives such documents; undefined where it is none of its own. */
export function readSide({ scheme, query }: { scheme: string; query: string }): Side | undefined {
  let said: unknown;
  try {
    said = scheme === GIT_SCHEME ? JSON.parse(query) : undefined;
  } catch {
    return undefined;
  }
  const { path, ref } = (said ?? {}) as { path?: unknown; ref?: unknown };
  return typeof path === "string" && typeof ref === "string" ? { path, ref } : undefined;
}

/** The findings on removed code of the file `uri`, as it was named then. */
export function removed({ roots }: Listing, uri: string): Finding[] {
  return roots.flatMap(({ root, findings }) =>
    findings.filter(
      ({ state, side, old }) => state === "open" && side === "old" && old.path !== null && sameFile(at(root, old.path), uri),
    ),
  );
}

/** A finding and its lines, 0-based. */
export interface Present {
  readonly finding: Finding;
  readonly first: number;
  readonly last: number;
}

/** The findings on code of the file `uri` that is there. */
export function present({ roots }: Listing, uri: string): Present[] {
  return roots
    .flatMap(({ findings }) => findings)
    .filter(({ state, side, uri: own }) => state === "open" && side === "new" && sameFile(own, uri))
    .flatMap((finding) => (finding.range ? [{ finding, first: finding.range.start.line, last: finding.range.end.line }] : []));
}

/** What a thread says below its title. */
export function told({ why, fix }: Finding): string {
  return fix ? `${why}\n\nFix: ${fix}` : why;
}
