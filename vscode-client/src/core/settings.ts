/**
 * What the user set in the editor, and how the server hears of it. What is run and where code goes: by environment
 * variables at its start, never by messages. What is reviewed and shown: when it asks, and whenever that changes.
 */

export interface Settings {
  readonly interpreter?: string;
  readonly endpoint?: string;
  readonly model?: string;
}

const NAMES = ["interpreter", "endpoint", "model"] as const;

/** The settings that say something; blank is unset. `get` reads one name below `diffvet`. */
export function readSettings(get: (name: string) => unknown): Settings {
  const said: { -readonly [Name in keyof Settings]: Settings[Name] } = {};
  for (const name of NAMES) {
    const value = get(name);
    if (typeof value === "string" && value.trim()) {
      said[name] = value.trim();
    }
  }
  return said;
}

/** The settings the server asks for, by their names here and its own. Null, their default, says nothing. */
export const ASKED = {
  minSeverity: "min_severity",
  filterMode: "filter_mode",
  exclude: "exclude",
  base: "lsp_base",
  pause: "lsp_pause",
  askModel: "lsp_model",
  models: "models",
} as const;

/** What the server is answered of `section`, all that is set below `diffvet`. */
export function forServer(section: unknown): Record<string, unknown> {
  const set: Record<string, unknown> = typeof section === "object" && section !== null ? { ...section } : {};
  const said = Object.entries(ASKED).map(([name, option]) => [option, set[name]] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined && value !== null));
}

/** Whether a change of configuration concerns the running server; other extensions' settings never do. */
export function needsRestart(affects: (section: string) => boolean): boolean {
  return NAMES.some((name) => affects(`diffvet.${name}`));
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The server's environment: the editor's own, with what was set here on top. */
export function serverEnvironment(base: Environment, settings: Settings, apiKey: string | undefined): Environment {
  const said: Record<string, string | undefined> = {
    DIFFVET_ENDPOINT: settings.endpoint,
    DIFFVET_MODEL: settings.model,
    DIFFVET_API_KEY: apiKey,
  };
  const set = Object.entries(said).filter(([, value]) => value);
  return { ...base, ...Object.fromEntries(set) };
}

/** Why `key` cannot be an API key, or undefined. */
export function keyProblem(key: string): string | undefined {
  if (!key.trim()) {
    return "The key is empty.";
  }
  return /^[\x21-\x7e]+$/.test(key.trim()) ? undefined : "A key has no spaces and only plain ASCII characters.";
}
