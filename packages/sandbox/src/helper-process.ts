import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemErrorCode, TsbuildError } from '@tsbuild/core';

const GRACE_MS = 1000;
/** How long what a process printed may come after its end; somebody else may hold its stderr open. */
const LAST_WORDS_MS = 200;
const STDERR_BYTES = 4096;

/** Variables that helper processes need; the others are nobody's business there. */
const KEPT_VARIABLES = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'LANG'];

export interface HelperOptions {
  /** Program and arguments that start Node elsewhere, such as `unshare --mount --`. */
  readonly prefix: readonly string[];
  readonly stdio: 'none' | 'pipes';
}

/**
 * A process of ours that speaks in messages. It ends by itself when this process does, and is not in its process group,
 * so that Ctrl-C in a terminal reaches only us.
 */
export class HelperProcess<In, Out> {
  readonly child: ChildProcess;
  readonly #name: string;
  #stderr = '';
  /** Its end is our wish, and nobody asks for its last words. */
  #isDismissed = false;

  constructor(entry: URL, { prefix, stdio }: HelperOptions) {
    this.#name = entry.pathname.slice(entry.pathname.lastIndexOf('/') + 1).replace(/\.c?[jt]s$/, '');
    const [command = process.execPath, ...args] = [...prefix, process.execPath, fileURLToPath(entry)];
    const pipe = stdio === 'pipes' ? 'pipe' : 'ignore';
    const options: SpawnOptions = { stdio: [pipe, pipe, 'pipe', 'ipc'], serialization: 'advanced', detached: true };
    this.child = spawn(command, args, { ...options, env: keptEnvironment() });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_BYTES);
    });
  }

  send(message: In): void {
    if (this.child.connected) this.child.send(message as object, () => undefined);
  }

  /** `onEnd` is called once, when nothing more will come. */
  listen(onMessage: (message: Out) => void, onEnd: (error: TsbuildError) => void): void {
    let isOver = false;
    const end = (reason: string) => {
      if (!isOver) onEnd(this.#ended(reason));
      isOver = true;
    };
    this.child.on('message', (message) => onMessage(message as Out));
    this.child.once('error', (error) => {
      if (!isOver) onEnd(missingProgram(this.child, error) ?? this.#ended(error.message));
      isOver = true;
    });
    this.child.once('exit', (code, signal) => {
      const reason = signal === null ? `exit status ${code}` : `signal ${signal}`;
      if (this.#isDismissed) return end(reason);
      const timer = setTimeout(() => end(reason), LAST_WORDS_MS);
      this.child.once('close', () => {
        clearTimeout(timer);
        end(reason);
      });
    });
  }

  /** Lets the process end by itself, ends it if it does not, and waits until it is gone. */
  async end(): Promise<void> {
    this.#isDismissed = true;
    const timer = setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS);
    if (this.child.connected) this.child.disconnect();
    await this.#gone();
    clearTimeout(timer);
  }

  /** Ends the process now and waits until it is gone. */
  async kill(): Promise<void> {
    this.#isDismissed = true;
    this.child.kill('SIGKILL');
    await this.#gone();
  }

  async #gone(): Promise<void> {
    const { exitCode, signalCode, pid } = this.child;
    if (exitCode === null && signalCode === null && pid !== undefined) await once(this.child, 'exit');
  }

  #ended(reason: string): TsbuildError {
    const stderr = this.#stderr.trim();
    const detail = stderr === '' ? '' : `: ${stderr}`;
    return new TsbuildError('ERR_TSBUILD_SANDBOX', `the sandbox ${this.#name} ended (${reason})${detail}`);
  }
}

/** Programs that start helpers come with one package. */
function missingProgram({ spawnfile }: ChildProcess, error: Error): TsbuildError | undefined {
  if (systemErrorCode(error) !== 'ENOENT' || spawnfile === process.execPath) return undefined;
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${spawnfile} is not installed`, {
    cause: error,
    hint: 'sudo apt-get install util-linux',
  });
}

function keptEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of KEPT_VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
