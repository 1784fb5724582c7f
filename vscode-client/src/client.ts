/** The language client of one server process. It never restarts by itself: the Server decides that. */

import type { ChildProcess } from "node:child_process";
import type * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import type { LanguageClientOptions } from "vscode-languageclient/node";
import { SELECTOR } from "./core/documents";
import type { RootStatus } from "./core/overview";
import { forServer } from "./core/settings";
import { Work } from "./core/work";

export interface ClientParts {
  readonly process: ChildProcess;
  readonly log: vscode.LogOutputChannel;
  /** Called with the title of the work in progress, or undefined when none is left. */
  readonly onWork: (title: string | undefined) => void;
  readonly onStatus: (status: RootStatus) => void;
  readonly onFindings: () => void;
  /** Called with the text a code action asked for. */
  readonly onExplanation: (text: string) => void;
}

export function createClient({ process, log, onWork, onStatus, onFindings, onExplanation }: ClientParts): LanguageClient {
  const work = new Work();
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    initializationOptions: { diffvet: { status: true, findingsChanged: true, explanations: "plaintext" } },
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    // Findings quote code and a model's words: text to read, not to click or render.
    markdown: { isTrusted: false, supportHtml: false },
    // The Server reads stderr; stdout is the protocol.
    stdioOptions: { stdout: () => undefined, stderr: () => undefined },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: (_error, _message, count) => ({
        action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
        handled: true,
      }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: "the connection to the server closed" }),
    },
    middleware: {
      handleWorkDoneProgress: (token, params, next) => {
        onWork(work.note(token, params));
        next(token, params);
      },
      executeCommand: async (command, args, next) => {
        const answer: unknown = await next(command, args);
        if (command === "diffvet.server.explain" && typeof answer === "string") {
          onExplanation(answer);
        }
        return answer;
      },
      workspace: {
        configuration: async (params, token, next) => {
          const answers = await next(params, token);
          return Array.isArray(answers) ? answers.map(forServer) : answers;
        },
        // The server asks; the values themselves may name machines and stay here.
        didChangeConfiguration: (_sections, next) => next(undefined),
      },
    },
  };
  const client = new LanguageClient("diffvet", "Diffvet", () => Promise.resolve(process), options);
  client.onNotification("diffvet/status", onStatus);
  client.onNotification("diffvet/findingsChanged", onFindings);
  return client;
}
