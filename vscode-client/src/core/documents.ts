/**
 * Which documents the server sees: files on disk, in any language. The `git:` sides of a diff view are the same code
 * again; offering them would show every finding twice.
 */
export const SCHEME = "file";

export const SELECTOR = [{ scheme: SCHEME }];

export function isReviewed(scheme: string): boolean {
  return scheme === SCHEME;
}
