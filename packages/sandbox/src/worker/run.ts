import { constants } from 'node:os';
import type { FromWorker, RunMount, RunOrder, TierFeatures } from '../protocol.ts';
import { findProgram } from './find-program.ts';
import { type StagedMount, stageMount } from './mounts/stage.ts';
import { hostsFile, resolverFile } from './network-files.ts';
import { Output } from './output.ts';
import { readInRoot } from './read-in-root.ts';
import { Root } from './root.ts';
import { RunPlace } from './run-place.ts';
import type { Runner, StartedCommand } from './runner.ts';
import { findUser, type User } from './user.ts';

export interface RunTools {
  readonly runner: Runner;
  /** Folder in memory for this run; does not exist yet. */
  readonly memory: string;
  readonly features: TierFeatures;
  readonly send: (message: FromWorker) => void;
}

/** One command: its root is mounted, it runs, everything is unmounted. */
export class Run {
  readonly #order: RunOrder;
  readonly #tools: RunTools;
  #command: StartedCommand | undefined;
  #output: Output | undefined;
  #isStopped = false;

  constructor(order: RunOrder, tools: RunTools) {
    this.#order = order;
    this.#tools = tools;
  }

  /** Resolves with the exit status when all output was sent and nothing is mounted any more. */
  async execute(): Promise<number> {
    const { memory, features } = this.#tools;
    const place = new RunPlace({ memory, disk: this.#order.folder, ...features });
    const closers: (() => void)[] = [() => place.close()];
    try {
      const root = new Root(place, this.#order.lowers);
      closers.push(() => root.close());
      await this.#mountAll(root, place, closers);
      return await this.#executeIn(root, place);
    } finally {
      for (const close of closers.reverse()) close();
    }
  }

  /** Kills the command with everything it started. */
  stop(): void {
    this.#isStopped = true;
    this.#command?.kill();
  }

  consumed(bytes: number): void {
    this.#output?.consumed(bytes);
  }

  /** Parents before what lies in them, otherwise in the order given. */
  async #mountAll(root: Root, place: RunPlace, closers: (() => void)[]): Promise<void> {
    const { process, mounts } = this.#order;
    root.mountDevices(process.shmSizeBytes);
    const all = [...networkFiles(this.#order), ...mounts].sort((a, b) => depth(a.target) - depth(b.target));
    for (const mount of all) {
      const staged: StagedMount = await stageMount(mount, place);
      if (staged.close !== undefined) closers.push(staged.close);
      root.attach(staged, mount.target);
    }
  }

  async #executeIn(root: Root, place: RunPlace): Promise<number> {
    const { process } = this.#order;
    const cwd = root.makeWorkingDirectory(process.cwd);
    const user = this.#findUser(root);
    const env = 'HOME' in process.env ? process.env : { ...process.env, HOME: user.home };
    const program = findProgram(root.fd, process.args[0] ?? '', { env, cwd });
    if (program.path === undefined) {
      this.#print(program.message);
      return program.exitCode;
    }
    if (this.#isStopped) return 128 + constants.signals.SIGKILL;
    const command = { spec: process, env, program: program.path, cwd, user, place };
    const started = this.#tools.runner.start(command);
    if ('ended' in started) return await this.#follow(started);
    this.#print(started.message);
    return started.exitCode;
  }

  async #follow(command: StartedCommand): Promise<number> {
    this.#command = command;
    const { id } = this.#order;
    this.#output = new Output(command, (stream, bytes) => this.#tools.send({ kind: 'output', id, stream, bytes }));
    const exitCode = await command.ended;
    this.#command = undefined;
    await this.#output.finish();
    return exitCode;
  }

  #findUser(root: Root): User {
    const passwd = readInRoot(root.fd, 'etc/passwd') ?? '';
    return findUser(this.#order.process.user, passwd, readInRoot(root.fd, 'etc/group') ?? '');
  }

  #print(message: string): void {
    this.#tools.send({ kind: 'output', id: this.#order.id, stream: 'stderr', bytes: Buffer.from(`${message}\n`) });
  }
}

function networkFiles({ process }: RunOrder): RunMount[] {
  const file = (target: string, text: string): RunMount => ({
    kind: 'file',
    target,
    data: Buffer.from(text),
    mode: 0o644,
  });
  return [file('/etc/hosts', hostsFile(process)), file('/etc/resolv.conf', resolverFile())];
}

function depth(path: string): number {
  return path.split('/').filter((name) => name !== '' && name !== '.').length;
}
