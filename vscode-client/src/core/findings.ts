/** The server's list of findings (`diffvet/findings`), as far as it is used here. */

/** 0-based. */
interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Finding {
  readonly fingerprint: string;
  readonly uri: string;
  readonly path: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string | null;
  readonly severity: string;
  readonly state: string;
  /** Where it stands now; null while its lines read differently. */
  readonly range: { readonly start: Position; readonly end: Position } | null;
  readonly side: "new" | "old";
  /** The lines of the old side, 1-based, of which file and commit; null for the index, and where there is none. */
  readonly old: { readonly line: number; readonly end_line: number; readonly path: string | null; readonly commit: string | null };
}

/** One hunk of the coverage ledger; 1-based lines, or zero counts where a change has no lines. */
export interface Row {
  readonly path: string;
  readonly new_start: number;
  readonly new_lines: number;
  readonly old_lines: number;
  readonly outcome: string;
  readonly reason: string | null;
}

export interface Root {
  /** The URI of its top folder. */
  readonly root: string;
  readonly findings: readonly Finding[];
  readonly ledger: readonly Row[];
}

export interface Listing {
  readonly roots: readonly Root[];
}

/** The findings of `uri` in one of `states` that can be meant on `line`: those that stand there, else all of the file. */
export function meant(listing: Listing, uri: string, line: number, states: readonly string[]): Finding[] {
  const inFile = listing.roots
    .flatMap(({ findings }) => findings)
    .filter((finding) => sameFile(finding.uri, uri) && states.includes(finding.state));
  const here = inFile.filter(({ range }) => range && range.start.line <= line && line <= range.end.line);
  return here.length > 0 ? here : inFile;
}

/** The finding of the line of the tree that was clicked; undefined for anything else a command may be called with. */
export function findingOf(clicked: unknown): Finding | undefined {
  const { kind, finding } = (clicked ?? {}) as { kind?: unknown; finding?: Finding };
  return kind === "finding" ? finding : undefined;
}

/** What a list of findings shows of one. */
export function label({ title, severity, range }: Finding): { label: string; description: string } {
  return { label: title, description: range ? `${severity}, line ${range.start.line + 1}` : severity };
}

/** Why `reason` does not do as one, or undefined; the server wants a word. */
export function reasonProblem(reason: string): string | undefined {
  return /[\p{L}\p{N}]/u.test(reason) ? undefined : "A reason helps whoever meets this finding again.";
}

/** Editors and servers may escape a URI differently. */
export function sameFile(one: string, other: string): boolean {
  return one === other || decoded(one) === decoded(other);
}

/** The URI of `path` below the folder `root`. */
export function at(root: string, path: string): string {
  return `${root.replace(/\/$/, "")}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
