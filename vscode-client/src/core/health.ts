/** The server's state in words, for the language status item. */

export type Health =
  | { readonly kind: "waiting" }
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly python: string; readonly endpoint: string | undefined }
  | { readonly kind: "reviewing"; readonly title: string }
  | { readonly kind: "failed"; readonly reason: string };

export interface Presentation {
  readonly text: string;
  readonly detail: string;
  readonly severity: "information" | "error";
  readonly busy: boolean;
}

export function present(health: Health): Presentation {
  const calm = { severity: "information", busy: false } as const;
  switch (health.kind) {
    case "waiting":
      return { text: "Diffvet", detail: "starts with the first file", ...calm };
    case "starting":
      return { text: "Diffvet", detail: "starting", ...calm, busy: true };
    case "ready": {
      return { text: "Diffvet", detail: `${reviewerName(health.endpoint)}, Python ${health.python}`, ...calm };
    }
    case "reviewing":
      return { text: "Diffvet", detail: health.title, ...calm, busy: true };
    case "failed":
      return { text: "Diffvet: not running", detail: health.reason, severity: "error", busy: false };
  }
}

/** Who reviews, without the parts of a URL that may hold a secret. */
function reviewerName(endpoint: string | undefined): string {
  if (!endpoint || endpoint === "embedded") {
    return "embedded reviewer";
  }
  return URL.canParse(endpoint) ? new URL(endpoint).host : "unreadable endpoint";
}
