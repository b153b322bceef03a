import { readdirSync, readlinkSync } from 'node:fs';
import { type Syscall, syscall } from '../../launch/program.ts';
import { BuiltinRunner } from '../builtin-runner.ts';
import { capabilityCalls } from '../capabilities.ts';
import type { Child } from '../child.ts';
import { descriptorCalls, UMASK, userCalls } from '../command-calls.ts';
import { limitCalls } from '../limits.ts';
import type { Command } from '../runner.ts';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/** Starts commands with another root directory and nothing else between them and the surrounding container. */
export class ChrootRunner extends BuiltinRunner {
  constructor() {
    super({ userNamespace: false, mapsGroups: true });
  }

  protected override calls({ spec, root, cwd, user, cgroup }: Command): Syscall[] {
    return [
      ...descriptorCalls(),
      ...(cgroup?.enterCalls() ?? []),
      syscall('chdir', root),
      syscall('chroot', '.'),
      syscall('chdir', cwd),
      syscall('umask', UMASK),
      ...limitCalls(spec.ulimits ?? {}),
      ...capabilityCalls(this.lastCapability),
      ...userCalls(user, this.features),
      syscall('prctl', PR_SET_PDEATHSIG, SIGKILL),
    ];
  }

  protected override readonly isolatesProcesses = false;

  /** The terminals are those of the surrounding container. */
  protected override multiplexer(): string {
    return '/dev/pts/ptmx';
  }

  protected override kill(child: Child, { root }: Command): void {
    child.kill('SIGKILL');
    killAllIn(root);
  }

  /** Nothing else ends what a command leaves behind. */
  protected override async finish(ended: Promise<number>, { root }: Command): Promise<number> {
    const exitCode = await ended;
    killAllIn(root);
    return exitCode;
  }
}

/** Kills every process whose root is `root` or below, until there is none. */
function killAllIn(root: string): void {
  for (let found = true; found; ) {
    found = false;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (!isRootOf(pid, root)) continue;
      found = true;
      killIfThere(Number(pid));
    }
  }
}

function isRootOf(pid: string, root: string): boolean {
  try {
    const path = readlinkSync(`/proc/${pid}/root`);
    return path === root || path.startsWith(`${root}/`);
  } catch {
    return false; // it has ended
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
