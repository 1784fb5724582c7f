/** What the server says of its roots (`diffvet/status`), summed up for one status item. */

export interface Cap {
  readonly window: "run" | "day" | "month";
  readonly unit: "tokens" | "credits";
  readonly limit: number;
  readonly left: number;
}

export interface RootStatus {
  readonly root: string;
  readonly state: "idle" | "reviewing" | "incomplete";
  readonly done: number;
  readonly total: number;
  readonly reason: string | null;
  readonly budget: readonly Cap[];
}

const WINDOWS = { run: "in this session", day: "today", month: "this month" } as const;

export class Overview {
  private readonly roots = new Map<string, RootStatus>();

  note(status: RootStatus): void {
    this.roots.set(status.root, status);
  }

  /** `3/12 hunks` of all reviews that run, `reviewing` while nobody knows how many; undefined when none does. */
  get progress(): string | undefined {
    const running = [...this.roots.values()].filter(({ state }) => state === "reviewing");
    const sum = (count: (status: RootStatus) => number): number => running.reduce((all, one) => all + count(one), 0);
    if (running.length === 0) {
      return undefined;
    }
    const total = sum((status) => status.total);
    return total > 0 ? `${sum(({ done }) => done)}/${total} hunks` : "reviewing";
  }

  /** Why a root was not reviewed whole, undefined when all were. */
  get reason(): string | undefined {
    const lacking = [...this.roots.values()].find(({ state }) => state === "incomplete");
    return lacking && (lacking.reason ?? "no reason was given");
  }

  /** The cap that is nearest to its end, undefined without any. */
  get budget(): string | undefined {
    const caps = [...this.roots.values()].flatMap(({ budget }) => budget);
    const [scarcest] = caps.sort((one, other) => share(one) - share(other));
    return scarcest && `${number(scarcest.left)} of ${number(scarcest.limit)} ${scarcest.unit} left ${WINDOWS[scarcest.window]}`;
  }
}

function share({ left, limit }: Cap): number {
  return limit > 0 ? left / limit : 0;
}

function number(amount: number): string {
  return amount.toLocaleString("en-US", { maximumFractionDigits: 2 });
}
