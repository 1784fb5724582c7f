/** The life of the server process: start, watch, restart, stop; one step at a time. */

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { ApiKey } from "./apiKey";
import { createClient } from "./client";
import { Crashes } from "./core/crashes";
import type { Health, Ready } from "./core/health";
import { Overview } from "./core/overview";
import { serverCommand } from "./core/launch";
import { readSettings, serverEnvironment } from "./core/settings";
import { Tail } from "./core/tail";
import { findPython } from "./interpreter";

/** The first start compiles the bundled libraries; this is generous even on a slow disk. */
const START_MS = 30_000;
const STOP_MS = 2_000;

interface Running {
  readonly client: LanguageClient;
  readonly process: ChildProcess;
}

export class Server {
  private running: Running | undefined;
  private steps: Promise<void> = Promise.resolve();
  private restartAwaited = false;
  private readonly crashes = new Crashes();

  constructor(
    private readonly extensionPath: string,
    private readonly apiKey: ApiKey,
    private readonly log: vscode.LogOutputChannel,
    private readonly show: (health: Health) => void,
    private readonly explain: (text: string) => void,
    private readonly findingsChanged: () => void,
  ) {}

  /** The client of a server that is up now. */
  get client(): LanguageClient | undefined {
    return this.running?.client;
  }

  /** The client of a server that is up, after starting it where none is; undefined when it does not start. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.steps;
    if (!this.running) {
      await this.restart();
    }
    return this.running?.client;
  }

  /** Stop what runs and start anew. Calls that come before the restart begins are one restart. */
  restart(): Promise<void> {
    if (!this.restartAwaited) {
      this.restartAwaited = true;
      this.steps = this.steps.then(async () => {
        this.restartAwaited = false;
        await this.halt();
        await this.start();
      });
    }
    return this.steps;
  }

  stop(): Promise<void> {
    this.steps = this.steps.then(() => this.halt());
    return this.steps;
  }

  /** Crashes so far no longer count: the user asked, or the settings changed. */
  forgiveCrashes(): void {
    this.crashes.forget();
  }

  private async start(): Promise<void> {
    this.show({ kind: "starting" });
    try {
      await this.launch();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private async launch(): Promise<void> {
    const settings = readSettings((name) => vscode.workspace.getConfiguration("diffvet").get(name));
    const python = await findPython(settings.interpreter, this.extensionPath);
    const { command, args, cwd } = serverCommand(python.path, this.extensionPath);
    this.log.info(`starting ${[command, ...args].join(" ")}`);

    const env = serverEnvironment(process.env, settings, await this.apiKey.read());
    const child = spawn(command, args, { cwd, env, stdio: "pipe", windowsHide: true });
    const tail = new Tail();
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (piece: string) => tail.add(piece).forEach((line) => this.log.info(`[server] ${line}`)));
    const overview = new Overview();
    let ready: Ready = {
      overview,
      kind: "ready",
      python: `${python.major}.${python.minor}`,
      endpoint: env["DIFFVET_ENDPOINT"],
    };
    const client = createClient({
      process: child,
      log: this.log,
      onWork: (work) => {
        ready = { ...ready, work };
        this.show(ready);
      },
      onStatus: (status) => {
        overview.note(status);
        this.show(ready);
      },
      onFindings: this.findingsChanged,
      onExplanation: this.explain,
    });

    await this.awaitStart(client, child, tail);
    this.running = { client, process: child };
    child.once("exit", (code, signal) => this.onExit(child, tail, code ?? signal));
    this.show(ready);
  }

  /** Until the server has answered `initialize`. Ends its process when it does not in time, or fails. */
  private async awaitStart(client: LanguageClient, child: ChildProcess, tail: Tail): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${START_MS / 1000} seconds`)), START_MS);
      child.once("error", reject);
      // `close`, not `exit`: by then the last words on stderr have been read.
      child.once("close", (code, signal) => reject(new Error(`the server ended (${code ?? signal})`)));
    });
    const started = client.start();
    started.catch(() => undefined);
    try {
      await Promise.race([started, ended]);
    } catch (error) {
      child.kill();
      this.log.error(`start failed\n${tail.text()}`);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Diffvet's server did not start: ${reason}.${tail.quoted()}`);
    } finally {
      clearTimeout(timer);
      ended.catch(() => undefined);
    }
  }

  /** A process that ends while it is still ours has crashed. */
  private onExit(child: ChildProcess, tail: Tail, how: number | string | null): void {
    if (this.running?.process !== child) {
      return;
    }
    this.running = undefined;
    this.findingsChanged();
    this.log.error(`the server ended unexpectedly (${how})\n${tail.text()}`);
    if (this.crashes.mayRestart(Date.now())) {
      void this.restart();
    } else {
      this.fail(`Diffvet's server keeps crashing (${how}).${tail.quoted()}`);
    }
  }

  private async halt(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    if (!running) {
      return;
    }
    try {
      await running.client.dispose(STOP_MS);
    } catch (error) {
      this.log.warn(`stopping: ${String(error)}`);
    } finally {
      running.process.kill();
    }
  }

  private fail(reason: string): void {
    this.log.error(reason);
    this.show({ kind: "failed", reason });
    void vscode.window.showErrorMessage(reason, "Open log", "Restart", "Settings").then((choice) => {
      const commands: Record<string, [string, ...unknown[]]> = {
        "Open log": ["diffvet.showOutput"],
        Restart: ["diffvet.restart"],
        // Of a remote window, the interpreter is a setting of the remote machine.
        Settings: [`workbench.action.open${vscode.env.remoteName ? "Remote" : ""}Settings`, { query: "@ext:diffvet.diffvet" }],
      };
      const chosen = choice && commands[choice];
      return chosen && vscode.commands.executeCommand(...chosen);
    });
  }
}
