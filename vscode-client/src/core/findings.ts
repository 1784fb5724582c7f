/** The server's list of findings (`diffvet/findings`), as far as commands need it. Lines are 0-based. */

interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Finding {
  readonly fingerprint: string;
  readonly uri: string;
  readonly path: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  /** Where it stands now; null while its lines read differently. */
  readonly range: { readonly start: Position; readonly end: Position } | null;
}

export interface Listing {
  readonly roots: readonly { readonly findings: readonly Finding[] }[];
}

/** The findings of `uri` in one of `states` that can be meant on `line`: those that stand there, else all of the file. */
export function meant(listing: Listing, uri: string, line: number, states: readonly string[]): Finding[] {
  const inFile = listing.roots
    .flatMap(({ findings }) => findings)
    .filter((finding) => sameFile(finding.uri, uri) && states.includes(finding.state));
  const here = inFile.filter(({ range }) => range && range.start.line <= line && line <= range.end.line);
  return here.length > 0 ? here : inFile;
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
function sameFile(one: string, other: string): boolean {
  return one === other || decoded(one) === decoded(other);
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
