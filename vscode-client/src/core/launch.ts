/** How the bundled server is started. */

import { join } from "node:path";

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * Isolated (`-I`), so that neither PYTHONPATH nor the user's site-packages can shadow the bundled libraries;
 * in UTF-8 on every platform; in the extension's folder, so that nothing is imported or run from the repository.
 */
export function serverCommand(python: string, extensionPath: string): Command {
  const bundled = join(extensionPath, "bundled");
  return { command: python, args: ["-I", "-X", "utf8", join(bundled, "launch.py"), "lsp"], cwd: bundled };
}
