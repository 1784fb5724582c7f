/** The server's state in words, for the language status item. */

import type { Overview } from "./overview";

export type Health =
  | { readonly kind: "waiting" }
  | { readonly kind: "starting" }
  | Ready
  | { readonly kind: "failed"; readonly reason: string };

export interface Ready {
  readonly kind: "ready";
  readonly python: string;
  readonly endpoint: string | undefined;
  readonly overview: Overview;
  /** The title of the work in progress. */
  readonly work?: string | undefined;
}

export interface Presentation {
  readonly text: string;
  readonly detail: string;
  readonly severity: "information" | "warning" | "error";
  readonly busy: boolean;
}

export function present(health: Health): Presentation {
  const calm = { severity: "information", busy: false } as const;
  switch (health.kind) {
    case "waiting":
      return { text: "Diffvet", detail: "starts with the first file", ...calm };
    case "starting":
      return { text: "Diffvet", detail: "starting", ...calm, busy: true };
    case "ready":
      return up(health);
    case "failed":
      return { text: "Diffvet: not running", detail: health.reason, severity: "error", busy: false };
  }
}

/** A server that works: what it is doing, else what is missing, else who reviews; and what may still be spent. */
function up({ overview, work, python, endpoint }: Ready): Presentation {
  const { progress, reason, budget } = overview;
  const busy = work !== undefined || progress !== undefined;
  const main = busy ? (work ?? "reviewing") : (reason ?? `${reviewerName(endpoint)}, Python ${python}`);
  const detail = budget === undefined ? main : `${main}; ${budget}`;
  if (busy) {
    return { text: progress === undefined ? "Diffvet" : `Diffvet: ${progress}`, detail, severity: "information", busy };
  }
  return reason === undefined
    ? { text: "Diffvet", detail, severity: "information", busy }
    : { text: "Diffvet: incomplete", detail, severity: "warning", busy };
}

/** Who reviews, without the parts of a URL that may hold a secret. */
function reviewerName(endpoint: string | undefined): string {
  if (!endpoint || endpoint === "embedded") {
    return "embedded reviewer";
  }
  return URL.canParse(endpoint) ? new URL(endpoint).host : "unreadable endpoint";
}
