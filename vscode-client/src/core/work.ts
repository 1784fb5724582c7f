/** The server's work in progress, by its progress tokens. */

export type Progress = { readonly kind: "begin"; readonly title: string } | { readonly kind: "report" | "end" };

export class Work {
  private readonly titles = new Map<string | number, string>();

  /** Note a step of `token` and return the title of the newest work still going on. */
  note(token: string | number, progress: Progress): string | undefined {
    if (progress.kind === "begin") {
      this.titles.set(token, progress.title);
    } else if (progress.kind === "end") {
      this.titles.delete(token);
    }
    return [...this.titles.values()].at(-1);
  }
}
