import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import type { TierFeatures } from '../protocol.ts';
import type { CommandCgroup } from './cgroup/command-cgroup.ts';
import { exitStatusOf } from './exit-status.ts';
import { ForeignTrial } from './foreign-trial.ts';
import { ociConfig } from './oci-config.ts';
import type { Command, FailedCommand, Runner, StartedCommand } from './runner.ts';
import { StdioPipes } from './stdio-pipes.ts';

/** crun demands more of the machine's cgroups than we need of it, unless it is told to leave them alone. */
const GLOBAL_ARGS = { runc: [], crun: ['--cgroup-manager=disabled'] } as const;

const KILL_PAUSE_MS = 10;

/** Starts commands with an OCI runtime, which adds seccomp. */
export class OciRunner implements Runner {
  readonly makesCgroups: boolean;
  readonly #runtime: 'runc' | 'crun';
  readonly #features: TierFeatures;
  readonly #memory: string;
  readonly #trial = new ForeignTrial();

  /** `memory` is a folder in memory, for what the runtime is told. */
  constructor(runtime: 'runc' | 'crun', features: TierFeatures, memory: string) {
    this.#runtime = runtime;
    this.makesCgroups = runtime === 'runc';
    this.#features = features;
    this.#memory = memory;
    requireInstalled(runtime);
    if (!features.mapsGroups) {
      throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${runtime} does not work in the tier userns-single`, {
        hint: 'use the built-in runner',
      });
    }
  }

  start(command: Command): StartedCommand | FailedCommand {
    if (command.terminal !== undefined) {
      throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `no terminal with the runner ${this.#runtime}`, {
        hint: 'use the built-in runner',
      });
    }
    const failure = this.#trial.failureOf(command);
    if (failure !== undefined) return failure;
    const id = `tsbuild-${randomUUID()}`;
    const bundle = `${this.#memory}/${id}`;
    const pidFile = `${bundle}/pid`;
    mkdirSync(bundle, { mode: 0o700 });
    writeFileSync(`${bundle}/config.json`, JSON.stringify(ociConfig(command, this.#features, this.makesCgroups)), {
      mode: 0o600,
    });
    const args = [
      ...GLOBAL_ARGS[this.#runtime],
      '--root',
      `${bundle}/state`,
      'run',
      '--pid-file',
      pidFile,
      '--bundle',
      bundle,
      id,
    ];
    const pipes = new StdioPipes(command);
    try {
      const stdio = [...pipes.childEnds(command.user)];
      const [program = '', ...rest] = [...enter(command.cgroup, this.makesCgroups), this.#runtime, ...args];
      const child = spawn(program, rest, { env: { PATH: process.env.PATH }, stdio });
      const ended = exitStatusOf(child).finally(() => rmSync(bundle, { recursive: true, force: true }));
      const kill = () => void killUntil(ended, pidFile);
      const signal = (number: number) => void child.kill(number); // the runtime passes it on
      return { streams: pipes.ownEnds(), ended, kill, signal, resize: () => undefined };
    } finally {
      pipes.close();
    }
  }
}

/** What starts a runtime in the cgroups of a command. One that makes a cgroup itself is told of that of version 2. */
function enter(cgroup: CommandCgroup | undefined, makesCgroups: boolean): readonly string[] {
  const folders = (makesCgroups ? ([1] as const) : ([1, 2] as const)).flatMap((n) => cgroup?.foldersOf(n) ?? []);
  if (folders.length === 0) return [];
  const script = 'set -e; while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs"; shift; done; shift; exec "$@"';
  return ['/bin/sh', '-c', script, 'sh', ...folders, '--'];
}

function requireInstalled(runtime: string): void {
  if (spawnSync(runtime, ['--version']).status === 0) return;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${runtime} is not installed`, {
    hint: `sudo apt-get install ${runtime}, or use the built-in runner`,
  });
}

/** A container that is still being made cannot be ended; so it is tried until the runtime has ended. */
async function killUntil(ended: Promise<unknown>, pidFile: string): Promise<void> {
  killContainer(pidFile);
  const timer = setInterval(killContainer, KILL_PAUSE_MS, pidFile);
  await ended.finally(() => clearInterval(timer));
}

/** Its first process is that of its pid namespace, so everything in it ends. */
function killContainer(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  } catch {
    // it has not started yet, or has ended
  }
}
