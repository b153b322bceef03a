import { constants } from 'node:os';
import { basename, dirname } from 'node:path';
import type { TerminalSize } from '@tsbuild/core';
import type { FromWorker, RunEnd, RunOrder } from '../protocol.ts';
import type { CommandCgroup } from './cgroup/command-cgroup.ts';
import { findProgram } from './find-program.ts';
import { refuseForeignProgram } from './foreign-program.ts';
import { Input } from './input.ts';
import type { OpenRoot } from './open-root.ts';
import { Output } from './output.ts';
import { readInRoot } from './read-in-root.ts';
import type { Runner, StartedCommand } from './runner.ts';
import { Undoing } from './undoing.ts';
import { findUser, type User } from './user.ts';

export interface RunTools {
  readonly runner: Runner;
  /** Makes the root ready; what undoes it is added to `undoing`, also when a later part fails. */
  readonly prepare: (order: RunOrder, undoing: Undoing) => OpenRoot | Promise<OpenRoot>;
  /** What can be done for the next command when there is time. */
  readonly rest?: () => void;
  readonly send: (message: FromWorker) => void;
}

/** One command: its root is prepared, it runs, everything is undone. */
export class Run {
  readonly #order: RunOrder;
  readonly #tools: RunTools;
  readonly #undoing = new Undoing();
  #command: StartedCommand | undefined;
  #output: Output | undefined;
  #input: Input | undefined;
  #isStopped = false;

  constructor(order: RunOrder, tools: RunTools) {
    this.#order = order;
    this.#tools = tools;
  }

  /** Resolves when all output was sent and what the command wrote can be looked at. */
  async execute(): Promise<RunEnd> {
    await using cgroup = await openCgroup(this.#order, this.#tools.runner.makesCgroups);
    try {
      const root = await this.#tools.prepare(this.#order, this.#undoing);
      const exitCode = await this.#executeIn(root, cgroup);
      return { exitCode, isOutOfMemory: exitCode !== 0 && cgroup?.isOutOfMemory(exitCode) === true };
    } finally {
      this.#undoing.begin();
    }
  }

  /** Unmounts what is left. */
  clear(): void {
    this.#undoing.finish();
  }

  /** Kills the command with everything it started. */
  stop(): void {
    this.#isStopped = true;
    this.#command?.kill();
    this.#output?.drain();
  }

  consumed(bytes: number): void {
    this.#output?.consumed(bytes);
  }

  input(bytes: Uint8Array): void {
    this.#input?.write(bytes);
  }

  endInput(): void {
    this.#input?.end();
  }

  /** For the first process. */
  signal(signal: number): void {
    this.#command?.signal(signal);
  }

  resize(size: TerminalSize): void {
    this.#command?.resize(size);
  }

  async #executeIn(root: OpenRoot, cgroup: CommandCgroup | undefined): Promise<number> {
    const { process: spec } = this.#order;
    const cwd = root.makeWorkingDirectory(spec.cwd);
    const user = findUserIn(root, spec.user);
    const env = 'HOME' in spec.env ? spec.env : { ...spec.env, HOME: user.home };
    const found = findProgram(root.fd, spec.args[0] ?? '', { env, cwd });
    if (found.path === undefined) return this.#failed(found);
    if (this.#isStopped) return 128 + constants.signals.SIGKILL;
    const { hasInput, hasOneOutput, terminal } = this.#order;
    const stdio = { hasInput, hasOneOutput, terminal };
    const command = { spec, env, program: found.path, cwd, user, root: root.path, cgroup, ...stdio };
    const started = this.#tools.runner.start(command);
    if ('ended' in started) return await this.#follow(started);
    refuseForeignProgram(root.fd, found.path, started.code);
    return this.#failed(started);
  }

  async #follow(command: StartedCommand): Promise<number> {
    this.#command = command;
    const { id } = this.#order;
    const { send } = this.#tools;
    const { stdin, ...printed } = command.streams;
    this.#output = new Output(printed, (stream, bytes) => send({ kind: 'output', id, stream, bytes }));
    this.#input = new Input(stdin, (bytes) => send({ kind: 'taken', id, bytes }));
    send({ kind: 'started', id });
    const exitCode = await command.ended;
    this.#command = undefined;
    await this.#output.finish();
    this.#input.destroy();
    return exitCode;
  }

  #failed({ exitCode, message }: { readonly exitCode: number; readonly message: string }): number {
    this.#tools.send({ kind: 'output', id: this.#order.id, stream: 'stderr', bytes: Buffer.from(`${message}\n`) });
    return exitCode;
  }
}

/** Before anything is mounted, so that what cannot be limited is refused first. */
async function openCgroup(order: RunOrder, hasInner: boolean): Promise<CommandCgroup | undefined> {
  const {
    folder,
    process: { resources },
  } = order;
  if (resources === undefined) return undefined;
  const { CommandCgroup } = await import('./cgroup/command-cgroup.ts');
  return await CommandCgroup.create(`${basename(dirname(folder))}-${basename(folder)}`, resources, { hasInner });
}

function findUserIn({ fd }: OpenRoot, user: string): User {
  return findUser(user, readInRoot(fd, 'etc/passwd') ?? '', readInRoot(fd, 'etc/group') ?? '');
}
