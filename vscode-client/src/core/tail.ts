/** The last lines of a stream that comes in pieces; kept for the message when the server fails. */
export class Tail {
  private lines: string[] = [];
  private rest = "";

  constructor(private readonly limit = 12) {}

  /** Add a piece and return the lines it completed. */
  add(piece: string): string[] {
    const parts = (this.rest + piece).split(/\r?\n/);
    this.rest = parts.pop() ?? "";
    this.lines = [...this.lines, ...parts].slice(-this.limit);
    return parts;
  }

  /** The last lines that are not blank, oldest first. */
  text(): string {
    return [...this.lines, this.rest].filter((line) => line.trim()).slice(-this.limit).join("\n");
  }

  /** The last line as a sentence to append to a message, or nothing. Of a Python traceback it is the error itself. */
  quoted(): string {
    const last = this.text().split("\n").at(-1);
    return last ? ` It said: ${last}` : "";
  }
}
