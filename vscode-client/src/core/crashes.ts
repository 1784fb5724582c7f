/** Whether to start again after a crash: a few times in a while, then the user decides. Times in milliseconds. */
export class Crashes {
  private times: number[] = [];

  constructor(
    private readonly limit = 3,
    private readonly period = 180_000,
  ) {}

  /** Note a crash at `now`; true when another start is worth trying. */
  mayRestart(now: number): boolean {
    this.times = this.times.filter((time) => now - time < this.period);
    this.times.push(now);
    return this.times.length <= this.limit;
  }

  forget(): void {
    this.times = [];
  }
}
